import type { Html } from "../html.js";

/** Markup, which is trusted by its type, as nodes; scripts in it would not run. */
export function fromHtml({ markup }: Html): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return template.content;
}
