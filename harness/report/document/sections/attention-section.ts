import { type Html, html } from "../../html.js";
import type { Figures, ReportData } from "../data.js";
import { markFigure } from "../file.js";

/** What a figure is called in the page: its place, since ids may hold anything. */
export function nameFigure(place: number): string {
  return `map-${place + 1}`;
}

/** The attention explorers of some examples, or why there are none. */
export function showAttention({ attention }: ReportData, figures: Figures): Html {
  const shown = attention.figures.map(
    ({ id, why }, place) => html`<h3>${id}: ${why}</h3>
${markFigure(nameFigure(place), figures.get(nameFigure(place)) ?? "")}
`,
  );
  const told =
    attention.figures.length > 0 &&
    html`<p class="remark">Choose a word to see where the model looked for it, or a patch to see for which words it looked there.</p>`;
  return html`${told}${shown}${attention.remarks.map((remark) => html`<p class="remark">${remark}</p>`)}`;
}
