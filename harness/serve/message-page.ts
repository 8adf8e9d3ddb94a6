import { html } from "../report/html.js";
import { renderPage } from "../report/view.js";

/** A page that says one thing. @param isInside whether the leaderboard is its neighbour, so that it can lead there */
export function messagePage(title: string, text: string, isInside = true): string {
  const back = isInside && html`<p><a href="./">All runs</a></p>`;
  return renderPage([html`<h1>${title}</h1>\n<p>${text}</p>\n${back}`], { title, isServed: true });
}
