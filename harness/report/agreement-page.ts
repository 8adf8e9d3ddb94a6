import type { AgreementRow, Coefficient } from "@simvlm/metrics";
import type { AgreementReport } from "../tasks/human-agreement.js";
import {
  agreementNotes,
  bestFirst,
  COEFFICIENT_TITLES,
  describeJudged,
  listBeaten,
  shownCoefficients,
} from "../terminal/agreement-table.js";
import { formatPercent, leastProbability } from "../terminal/numbers.js";
import { STYLE } from "./document/report-style.js";
import { html } from "./html.js";
import { plotView, type Series, styleOf } from "./plots/index.js";
import { type Column, tableView } from "./tables/index.js";
import { renderPage, type View } from "./view.js";

const DECIMALS = 4;

/** What the page is about. */
export interface AgreementPageOptions {
  /** What scores are sorted and told apart by. */
  readonly by: Coefficient;
  /** The file of ratings. */
  readonly ratings: string;
}

/** How well scores agree with people, as a page that opens offline: a plot, the scores, and each pair of them. */
export async function agreementPage(report: AgreementReport, { by, ratings }: AgreementPageOptions): Promise<string> {
  const title = "Agreement with people";
  const top = html`<style data-page>${STYLE}</style>
<h1>${title}</h1>
<p><bdi>${ratings}</bdi>: ${describeJudged(report)}.</p>`;
  const notes = html`<h2>Notes</h2>
<ul>${agreementNotes(report, by).map((note) => html`<li>${note}</li>`)}</ul>
<p class="aside">Made by <code>simvlm agreement</code>; it opens offline and loads nothing from anywhere.</p>`;
  return renderPage([top, await plotOf(report, by), await scoresOf(report, by), await pairsOf(report), notes], {
    title,
  });
}

function plotOf(report: AgreementReport, by: Coefficient): Promise<View> {
  const rows = bestFirst(report, by).filter((row) => row[by]);
  const series = rows.map((row, i): Series => {
    const { score, low, high } = row[by]!;
    const label = `${row.score}: ${score.toFixed(DECIMALS)} [${low.toFixed(DECIMALS)}, ${high.toFixed(DECIMALS)}]`;
    const point = { x: [i + 1], y: [score], low: [low], high: [high], labels: [label] };
    return { name: row.score, style: styleOf(i), draw: "points", ...point };
  });
  const name = COEFFICIENT_TITLES[by];
  const x = { title: "scores, the best first", ticks: [], include: [0.5, rows.length + 0.5] };
  return plotView({
    title: `${name} with ${formatPercent(report.resampling.confidence)} intervals`,
    panels: [{ height: 300, x, y: { title: name, include: [0] }, series }],
  });
}

function scoresOf(report: AgreementReport, by: Coefficient): Promise<View> {
  const shown = shownCoefficients(report);
  const rows = bestFirst(report, by).map((row) => ({
    score: row.score,
    ...Object.fromEntries(shown.map((name) => [name, cellOf(row, name)])),
    beaten: listBeaten(report, row.score, by).join(", "),
  }));
  return tableView(rows, {
    title: "Scores",
    staticRows: rows.length,
    columns: [
      { key: "score", kind: "category" },
      ...shown.map((key): Column => ({ key, title: COEFFICIENT_TITLES[key], kind: "interval", decimals: DECIMALS })),
      { key: "beaten", title: "certainly better than", kind: "text", hint: `by ${COEFFICIENT_TITLES[by]}` },
    ],
  });
}

function cellOf(row: AgreementRow, name: Coefficient) {
  const own = row[name];
  return own && { value: own.score, low: own.low, high: own.high };
}

function pairsOf({ differences, resampling, correction }: AgreementReport): Promise<View> {
  const least = leastProbability(resampling);
  const bounds = differences.flatMap(({ pValue, holm = 1 }) => (pValue <= least && holm < 1 ? [holm] : []));
  const corrected = {
    title: "p (Holm)",
    kind: "probability",
    decimals: DECIMALS,
    least: Math.max(0, ...bounds),
  } as const;
  const rows = differences.map(({ score, against, coefficient, difference, low, high, pValue, holm }) => ({
    score,
    against,
    coefficient: COEFFICIENT_TITLES[coefficient],
    difference: { value: difference, low, high },
    p: pValue,
    holm,
  }));
  return tableView(rows, {
    title: "Pairs of scores",
    note: "Paired on the same resampled pictures: the first minus the second, and the p-value of no difference.",
    columns: [
      { key: "score", kind: "category" },
      { key: "against", kind: "category" },
      { key: "difference", kind: "interval", decimals: DECIMALS, signed: true },
      { key: "p", title: "p (bootstrap)", kind: "probability", decimals: DECIMALS, least },
      ...(correction ? [{ key: "holm", ...corrected }] : []),
      { key: "coefficient", kind: "category" },
    ],
  });
}
