import type { DiversityReport, SystemDiversity } from "../tasks/caption-diversity.js";
import { pValuesOf } from "../tasks/uncertainty.js";
import { describeSets, diversityNotes, statisticsRows } from "../terminal/diversity-tables.js";
import { leastProbability } from "../terminal/numbers.js";
import { plainTable } from "./document/plain-table.js";
import { STYLE } from "./document/report-style.js";
import { html } from "./html.js";
import { type Column, tableView } from "./tables/index.js";
import { renderPage, type View } from "./view.js";

const DECIMALS = 4;

/** Where the captions come from, as the page calls them. */
export interface DiversityPageOptions {
  readonly captions: readonly string[];
  readonly against?: readonly string[] | undefined;
}

/** How much captions of a picture differ, as a page that opens offline; beside another system's, where there is one. */
export async function diversityPage(
  report: DiversityReport,
  { captions, against }: DiversityPageOptions,
): Promise<string> {
  const title = "Several captions of one picture";
  const names = [captions, ...(against ? [against] : [])].map((paths) => paths.join(" + "));
  const [own, other] = names;
  const top = html`<style data-page>${STYLE}</style>
<h1>${title}</h1>
<p>${describeSets(report)}: <bdi>${own}</bdi>${other !== undefined && html` against <bdi>${other}</bdi>`}.</p>`;
  const bottom = html`<h2>All captions</h2>
${plainTable({
  name: "What all captions are like",
  head: ["of all captions", ...(other === undefined ? ["captions"] : names)],
  rows: statisticsRows(report).map((cells) => ({ cells })),
})}
<h2>Notes</h2>
<ul>${diversityNotes(report).map((note) => html`<li>${note}</li>`)}</ul>
<p class="aside">Made by <code>simvlm diversity</code>; it opens offline and loads nothing from anywhere.</p>`;
  const views = [await scoresOf(report, names), ...(other === undefined ? [] : [await differencesOf(report, names)])];
  return renderPage([top, ...views, bottom], { title });
}

/** A row a score: each system's value with its interval. */
function scoresOf({ against, ...own }: DiversityReport, names: readonly string[]): Promise<View> {
  const systems: readonly SystemDiversity[] = against ? [own, against] : [own];
  const scores = [...new Set(systems.flatMap((system) => Object.keys(system.scores)))];
  const rows = scores.map((score) => ({
    score,
    ...Object.fromEntries(systems.map((system, i) => [`system ${i}`, cellOf(system, score)])),
  }));
  const columns = systems.map((_, i): Column => {
    const title = systems.length === 1 ? "value" : names[i]!;
    return { key: `system ${i}`, title, kind: "interval", decimals: DECIMALS };
  });
  return tableView(rows, {
    title: "Scores",
    staticRows: rows.length,
    columns: [{ key: "score", kind: "category" }, ...columns],
  });
}

function cellOf({ scores }: SystemDiversity, score: string) {
  const own = scores[score];
  return own && { value: own.score, low: own.low, high: own.high };
}

function differencesOf({ differences = {}, resampling }: DiversityReport, names: readonly string[]): Promise<View> {
  const least = leastProbability(resampling);
  const rows = Object.entries(differences).map(([score, row]) => {
    const { difference: value, low, high } = row;
    return { score, difference: { value, low, high }, ...pValuesOf(row) };
  });
  return tableView(rows, {
    title: "Differences",
    note: `Of the same resampled pictures: ${names.join(" minus ")}, and p-values of no difference.`,
    staticRows: rows.length,
    columns: [
      { key: "score", kind: "category" },
      { key: "difference", kind: "interval", decimals: DECIMALS, signed: true },
      { key: "pBootstrap", title: "p (bootstrap)", kind: "probability", decimals: DECIMALS, least },
      { key: "pPermutation", title: "p (permutation)", kind: "probability", decimals: DECIMALS, least },
    ],
  });
}
