import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { highlightCode } from "../harness/notebook/runner/highlight.js";
import { type Notebook, readNotebook } from "../harness/notebook/runner/notebook-file.js";
import { renderNotebook } from "../harness/notebook/runner/notebook-page.js";
import { Html, html } from "../harness/report/html.js";
import { renderPage } from "../harness/report/view.js";
import { type GalleryItem, listItems } from "./gallery-items.js";

const NOTEBOOKS = "notebooks";

const REPORT = `simvlm report fixtures/kept/zero-shot fixtures/kept/fine-tuned --data fixtures/kept/nocaps \\
  --explore 0 --thumbnails 6 --slice-by caption-length:12 --out report.html`;

const STYLE = `
.item { border-top: 1px solid var(--s-line); padding: 12px 0 } .item h3 { margin: 0 0 4px; font-size: 1.05em }
.item img { max-height: 320px; border-radius: 6px; background: #fff; display: block; margin: 8px 0 }
.item pre { overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; background: var(--s-raised); padding: 10px 12px }
.item .kinds { color: var(--s-faint) }
`;

/** Writes the notebooks as pages, each thing that they show as a page of its own, and an index. @returns how many things */
export async function writeGallery(folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const sections: Html[] = [];
  let count = 0;
  for (const file of readdirSync(NOTEBOOKS)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()) {
    const name = basename(file, ".ipynb");
    const notebook = await readNotebook(join(NOTEBOOKS, file));
    const write = (page: string, shown: Notebook, way: Html) => {
      const rendered = relink(renderNotebook(shown, { title: name, folder: NOTEBOOKS }));
      writeFileSync(
        join(folder, `${page}.html`),
        rendered.replace("<main>", () => `<main>\n${way}`),
      );
    };
    const back = html`<a href="index.html#${name}">Gallery</a>`;
    write(name, notebook, html`<p>${back}</p>`);
    const { title, items } = await listItems(notebook, name);
    for (const { id, cells } of items) {
      write(id, { ...notebook, cells }, html`<p>${back} · <a href="${name}.html">${title}</a></p>`);
    }
    count += items.length;
    sections.push(html`<h2 id="${name}">${title}</h2>
<p><a href="${name}.html">The whole notebook</a>, as it was run.</p>
${items.map(renderItem)}`);
  }
  const index = renderPage(
    [
      html`<style data-page>${new Html(STYLE)}</style>
<p><a href="../index.html">Ask the model</a> · <a href="../docs/index.html">Guides and API</a></p>
<h1>Gallery</h1>
<p>Tables, plots, explanations and attention explorers of the executed notebooks, each with the code that makes it, and
<a href="report.html">a report</a> of two runs on a few pictures (<a href="../docs/documents/reports.html">the guide</a>). Every page works offline.</p>
<div class="item"><details><summary>the report's command</summary><pre tabindex="0"><code>${REPORT}</code></pre></details></div>`,
      ...sections,
    ],
    { title: "Gallery" },
  );
  writeFileSync(join(folder, "index.html"), index);
  return count;
}

function renderItem({ id, heading, kinds, code, picture }: GalleryItem): Html {
  return html`<div class="item"><h3><a href="${id}.html">${heading}</a></h3>
<p class="kinds">${kinds.join(", ")}</p>
${picture && html`<a href="${id}.html"><img src="${picture.address}" alt="${heading}" loading="lazy" width="${picture.width}" height="${picture.height}" style="height:auto"></a>`}
<details><summary>the code</summary><pre tabindex="0"><code>${highlightCode(code, "typescript")}</code></pre></details></div>
`;
}

/** A page whose links lead to the site's pages in the place of the repository's files; to what the site has not, none do. */
export function relink(page: string): string {
  return page.replace(/<a href="((?!https?:|#|data:)[^"]*)"([^>]*)>(.*?)<\/a>/gs, (_, address: string, more, text) => {
    const [file = "", anchor] = address.split("#");
    const found = /^([\w-]+)\.ipynb$/.exec(file)?.[1] ?? /^\.\.\/docs\/([\w-]+)\.md$/.exec(file)?.[1];
    if (!found) return text;
    const to = file.endsWith(".md") ? `../docs/documents/${found}.html` : `${found}.html`;
    return `<a href="${to}${anchor ? `#${anchor}` : ""}"${more}>${text}</a>`;
  });
}
