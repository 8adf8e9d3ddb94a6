import type { DifferenceRow, ScoreRow } from "../../../compare/comparison.js";
import { noteFailures } from "../../../compare/failure-notes.js";
import { unique } from "../../../compare/subsets.js";
import { formatCount, formatPercent, leastProbability } from "../../../terminal/numbers.js";
import { type Arrangement, arrangeScores } from "../../arrangement.js";
import { type Html, html } from "../../html.js";
import type { ReportData } from "../data.js";
import { plainTable } from "../plain-table.js";
import { summaryTexts } from "./summary-cell.js";

/**
 * A row for each score on all examples: each run's value with its interval and, below it, the difference from the first
 * run; below them what failed.
 */
export function showSummary({ comparison, runs: reported }: ReportData, arrangement: Arrangement): Html {
  const { runs, scores, differences, resampling, bootstrapTest } = comparison;
  const least = bootstrapTest && leastProbability(resampling); // versions up to 0.2.0 wrote it as a number
  const whole = scores.filter(({ subset }) => subset === "all");
  const names = arrangeScores(unique(whole.map(({ score }) => score)), comparison.task, arrangement);
  const rows = names.map((name) => {
    const cells = runs.map(({ label }) => {
      const isHere = (row: ScoreRow | DifferenceRow) => row.subset === "all" && row.run === label && row.score === name;
      return showCell(whole.find(isHere), differences.find(isHere), least);
    });
    return { cells: [html`<b>${name}</b>`, ...cells] };
  });
  const interval = formatPercent(resampling.confidence);
  const first =
    runs.length > 1 && html`, Δ is the difference from ${runs[0]!.label} with its interval and p-value (bootstrap)`;
  return html`${plainTable({ name: "Scores on all examples", head: ["score", ...runs.map(({ label }) => label)], rows })}
<p class="remark">On all ${formatCount(comparison.data.examples)} examples; [low, high] is the ${interval} bootstrap interval${first}.</p>${reported
    .flatMap(({ label, outcomes }) => noteFailures(label, outcomes))
    .map(
      (note) => html`
<p class="remark">${note}</p>`,
    )}`;
}

function showCell(score: ScoreRow | undefined, difference: DifferenceRow | undefined, least?: number): Html {
  const texts = summaryTexts(score, difference, least);
  if (!texts) return html``;
  return html`<b>${texts.value}</b> <small>${texts.interval}</small>${
    texts.difference !== undefined && html`<br><small>${texts.difference}</small>`
  }`;
}
