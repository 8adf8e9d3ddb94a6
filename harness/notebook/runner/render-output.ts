import { stripVTControlCharacters } from "node:util";
import { Html, html } from "../../report/html.js";
import { renderMarkdown } from "./markdown.js";
import type { Output } from "./notebook-file.js";

type Render = (data: string, folder: string) => Html;

const picture =
  (type: string): Render =>
  (data) =>
    html`<img alt="" src="data:${type};base64,${data.replace(/\s/g, "")}">`;

/** How each type is shown, the richest first. HTML is what our displays made, and is trusted: it may hold scripts. */
const RENDERERS: readonly (readonly [type: string, render: Render])[] = [
  ["text/html", (data) => new Html(data)],
  // Inside an image a drawing's scripts do not run.
  ["image/svg+xml", (data) => picture("image/svg+xml")(Buffer.from(data).toString("base64"), "")],
  ["image/png", picture("image/png")],
  ["image/jpeg", picture("image/jpeg")],
  ["image/gif", picture("image/gif")],
  ["text/markdown", (data, folder) => renderMarkdown(data, folder, undefined)],
  ["text/plain", (data) => renderText(data, "")],
];

/**
 * An output as markup.
 * @param folder the notebook's folder, see {@link renderMarkdown}
 */
export function renderOutput(output: Output, folder: string): Html {
  if (output.output_type === "stream") {
    return renderText(output.text, output.name === "stderr" ? "stderr" : "stdout");
  }
  if (output.output_type === "error") {
    const text = output.traceback.length > 0 ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`;
    return renderText(text, "error");
  }
  for (const [type, render] of RENDERERS) {
    const data = joinLines(output.data[type]);
    if (data !== undefined) return html`<div class="display">${render(data, folder)}</div>`;
  }
  return html`<p class="unknown">This page cannot show ${Object.keys(output.data).join(", ") || "an empty display"}.</p>`;
}

/** Longer texts get a box of their own, which scrolls. */
const LONG_LINES = 200;

function renderText(text: string, kind: string): Html {
  const lines = text.split("\n").length - 1;
  const classes = [kind, lines > LONG_LINES ? "long" : ""].filter(Boolean).join(" ");
  const markup = classes === "" ? html`` : html` class="${classes}"`;
  return html`<pre tabindex="0"${markup}>${stripVTControlCharacters(text)}</pre>`;
}

/** Data that is text may be stored as its lines. */
function joinLines(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  return Array.isArray(data) && data.every((line) => typeof line === "string") ? data.join("") : undefined;
}
