import { MAP_TITLES, MEASURE_HEADS } from "../../../terminal/faithfulness-table.js";
import { formatCount } from "../../../terminal/numbers.js";
import { type Html, html } from "../../html.js";
import type { Figures, ReportData, RunFaithfulness } from "../data.js";
import { markFigure } from "../file.js";
import { plainTable } from "../plain-table.js";

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
  const measured = attention.faithfulness?.map(showFaithfulness);
  return html`${told}${shown}${measured}${attention.remarks.map((remark) => html`<p class="remark">${remark}</p>`)}`;
}

/** How faithful a run's maps are, one a row. */
function showFaithfulness({ run, pictures, words, maps }: RunFaithfulness): Html {
  const signs = { better: " +", worse: " −" } as const;
  const measures = maps[0]?.measures.map(({ measure }) => measure) ?? [];
  const rows = maps.map(({ map, measures: found }) => {
    const cells = measures.map((measure) => {
      const one = found.find((each) => each.measure === measure);
      if (!one) return "";
      const interval = pictures > 1 ? ` [${one.low.toFixed(3)}, ${one.high.toFixed(3)}]` : "";
      return `${one.score.toFixed(3)}${one.verdict ? signs[one.verdict] : ""}${interval}`;
    });
    return { cells: [MAP_TITLES[map], ...cells] };
  });
  const head = ["map", ...measures.map((measure) => MEASURE_HEADS[measure])];
  const name = `How faithful the maps of ${run} are`;
  return html`<h3>${name}</h3>
${plainTable({ name, head, rows })}
<p class="remark">${formatCount(words)} words of the first ${formatCount(pictures)} pictures, measured when the report was made. + is certainly better than random maps, − certainly worse. Whoever verifies the report does not measure it again.</p>
`;
}
