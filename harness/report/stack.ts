import { Html, html } from "./html.js";
import { shareScripts } from "./script.js";
import type { View } from "./view.js";

/** Puts views one below the other, as one view; its picture is that of the first view that has one. */
export function stackViews(views: readonly View[], title = ""): View {
  const picture = views.find((view) => view.picture)?.picture;
  const { markup } = html`<div class="simvlm-stack">${title && html`<p><b>${title}</b></p>`}
${views.map(
  ({ markup }) => html`${markup}
`,
)}</div>`;
  return {
    markup: new Html(shareScripts(markup)),
    libraries: [...new Set(views.flatMap(({ libraries }) => libraries))].sort(),
    text: [title, ...views.map(({ text }) => text)].filter((text) => text !== "").join("\n\n"),
    ...(picture && { picture }),
  };
}
