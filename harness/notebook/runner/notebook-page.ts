import { Html, html } from "../../report/html.js";
import { isLibraryName, type LibraryName } from "../../report/libraries.js";
import { renderPage } from "../../report/view.js";
import { highlightCode } from "./highlight.js";
import { renderMarkdown } from "./markdown.js";
import { type Cell, hasTag, type Notebook } from "./notebook-file.js";
import { renderOutput } from "./render-output.js";

const STYLE = `
body { max-width: 900px } .cell { margin: 0 0 1.1em; min-width: 0 } .cell p { max-width: 46em }
.cell pre { margin: 0; padding: 10px 12px; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; border-radius: 4px }
.cell code { font: .9em ui-monospace, monospace } .cell pre code { font: inherit }
.input pre { background: #f5f6f8; border-left: 3px solid #2458a6 } .cell pre:not(.stderr, .error) > code { background: none }
.count { float: right; margin: 2px 0 0 8px; color: #6a6d75; font: 12px ui-monospace, monospace }
.outputs { padding-left: 3px } .outputs > * { margin: 6px 0; overflow-x: auto } pre.stdout { max-height: 480px; overflow: auto }
pre.stderr { background: #fdf6e3 } pre.error { background: #fdecec; color: #8c1d1d } .unknown { color: #6a6d75; font-style: italic }
.cell table { border-collapse: collapse } .markdown table { display: block; overflow-x: auto }
.markdown th, .markdown td { padding: 3px 10px; border-bottom: 1px solid #dcdee3; text-align: left }
.markdown blockquote { margin-left: 0; padding-left: 12px; border-left: 3px solid #dcdee3; color: #4c4f57 } a { color: #2458a6 }
.markdown pre { background: #f5f6f8 }
.hljs-keyword, .hljs-literal { color: #8f3985 } .hljs-string, .hljs-regexp { color: #20703c } .hljs-comment { color: #6a6d75 }
.hljs-number { color: #8a5a00 } .hljs-title, .hljs-built_in { color: #2458a6 }
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
  const markup = html`<style>${new Html(STYLE)}</style>
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
  const input = html`<div class="input"><span class="count">${count}</span><pre><code>${highlightCode(cell.source, "typescript")}</code></pre></div>`;
  const outputs = cell.outputs.map((output) => renderOutput(output, folder));
  return html`<div class="cell">${!hasTag(cell, HIDDEN_INPUT) && input}
<div class="outputs">${outputs.map((output) => html`${output}\n`)}</div></div>`;
}

/** Displays say what they need in an attribute of their root. */
function findLibraries(markup: string): LibraryName[] {
  const named = [...markup.matchAll(/\sdata-simvlm-libraries="([a-z ]+)"/g)].flatMap(([, names]) => names!.split(" "));
  return [...new Set(named)].filter(isLibraryName);
}
