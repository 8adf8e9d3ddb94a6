import { Html, html } from "../../report/html.js";
import { isLibraryName, type LibraryName } from "../../report/libraries.js";
import { renderPage } from "../../report/view.js";
import { highlightCode } from "./highlight.js";
import { renderMarkdown } from "./markdown.js";
import { type Cell, hasTag, type Notebook } from "./notebook-file.js";
import { renderOutput } from "./render-output.js";

const STYLE = `
.simvlm-page body { max-width: 900px } .cell { margin: 0 0 1.1em; min-width: 0 } .cell p { max-width: 46em }
.cell pre { margin: 0; padding: 10px 12px; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; border-radius: 4px }
.cell code { font: .9em ui-monospace, monospace } .cell pre code { font: inherit }
.input pre { background: var(--s-raised); border-left: 3px solid var(--s-accent) } .cell pre:not(.stderr, .error) > code { background: none }
.count { float: right; margin: 2px 0 0 8px; color: var(--s-faint); font: 12px ui-monospace, monospace }
.outputs { padding-left: 3px } .outputs > * { margin: 6px 0; overflow-x: auto } 
/* As much as a few screens is read in one piece; beyond that the page would be hard to find one's way in. */
.outputs pre.long { max-height: 85vh; overflow: auto; resize: vertical }
pre.stderr { background: light-dark(#fdf6e3, #332c18) } pre.error { background: light-dark(#fdecec, #3a1d1f); color: light-dark(#8c1d1d, #ffb4b4) }
.unknown { color: var(--s-faint); font-style: italic }
/* Pictures may be drawn in black on nothing. */
.display > img { background: #fff; border-radius: 4px }
/* Outputs of older versions have colours of their own. */
[data-simvlm-hint], .display > small { color: var(--s-faint) !important }
.cell table { border-collapse: collapse } .markdown table { display: block; overflow-x: auto }
.markdown th, .markdown td { padding: 3px 10px; border-bottom: 1px solid var(--s-line); text-align: left }
.markdown blockquote { margin-left: 0; padding-left: 12px; border-left: 3px solid var(--s-line); color: var(--s-faint) }
.markdown pre { background: var(--s-raised) }
.hljs-keyword, .hljs-literal { color: light-dark(#8f3985, #d9a0d2) } .hljs-string, .hljs-regexp { color: light-dark(#1f6b3b, #8fd0a3) }
.hljs-comment { color: var(--s-faint) } .hljs-number { color: light-dark(#855600, #e3b566) } .hljs-title, .hljs-built_in { color: var(--s-accent) }
@media print {
  .cell pre, .outputs pre.long { white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; max-height: none; font-size: 8pt }
  .outputs > *, .markdown table { overflow: visible } .markdown table { display: table; width: 100% }
  .input { break-inside: avoid } [data-simvlm-hint] { display: none }
}
`;

/** Cells that a reader of the page need not see, as nbconvert and Jupyter Book have it. */
const HIDDEN_INPUT = "hide-input";

/** What a notebook's page needs besides the notebook. */
export interface NotebookPageOptions {
  /** The title of a notebook without a heading. */
  readonly title: string;
  /** The notebook's folder, where the pictures of its texts lie. */
  readonly folder: string;
}

/**
 * An executed notebook as one HTML file that opens offline: its displays are live, each library is there once. The same
 * notebook gives the same bytes.
 */
export function renderNotebook(notebook: Notebook, { title, folder }: NotebookPageOptions): string {
  const heading = notebook.cells.map(
    ({ source, cell_type }) => cell_type === "markdown" && /^#\s+(.+)$/m.exec(source)?.[1],
  );
  const cells = notebook.cells.map((cell) => renderCell(cell, folder));
  const markup = html`<style data-page>${new Html(STYLE)}</style>
${cells.map((cell) => html`${cell}\n`)}`;
  const libraries = findLibraries(markup.markup);
  return renderPage([{ markup, libraries, text: "" }], { title: heading.find(Boolean) || title });
}

function renderCell(cell: Cell, folder: string): Html {
  if (cell.cell_type === "raw") return html``;
  if (cell.cell_type === "markdown") {
    return html`<div class="cell markdown">${renderMarkdown(cell.source, folder, cell.attachments)}</div>`;
  }
  if (cell.source.trim() === "" && cell.outputs.length === 0) return html``;
  const count = cell.execution_count === null ? "" : `[${cell.execution_count}]`;
  const input = html`<div class="input"><span class="count">${count}</span><pre tabindex="0"><code>${highlightCode(cell.source, "typescript")}</code></pre></div>`;
  const outputs = cell.outputs.map((output) => renderOutput(output, folder));
  return html`<div class="cell">${!hasTag(cell, HIDDEN_INPUT) && input}
<div class="outputs">${outputs.map((output) => html`${output}\n`)}</div></div>`;
}

/** Displays say what they need in an attribute of their root. */
function findLibraries(markup: string): LibraryName[] {
  const named = [...markup.matchAll(/\sdata-simvlm-libraries="([a-z ]+)"/g)].flatMap(([, names]) => names!.split(" "));
  return [...new Set(named)].filter(isLibraryName);
}
