import { join } from "node:path";
import { compareRuns } from "../compare/compare-runs.js";
import type { RunComparison } from "../compare/comparison.js";
import { writeFileAtomic } from "../files/atomic.js";
import { withoutHomes } from "../files/home.js";
import { buildReport } from "../report/document/build.js";
import { renderReport } from "../report/document/report-page.js";
import { findTask } from "../tasks/task-registry.js";
import { formatComparison } from "../terminal/format-comparison.js";
import { formatJson } from "../terminal/json.js";
import { formatProbability, formatSigned, leastProbability } from "../terminal/numbers.js";
import { line } from "../terminal/printable.js";
import { withProgress } from "../terminal/progress.js";
import { print, tell } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";

/** Largest differences shown in the terminal, each way; the report has more. */
const WINS = 3;
/** Of a score. */
const DECIMALS = 4;

/**
 * Compares a demo's finished runs with the first of them: as tables, in comparison.json, and in report.html.
 * @param out the demo's folder
 * @param names of the runs' folders in it
 * @param title of the report
 */
export async function showDemo(out: string, names: readonly string[], title: string): Promise<void> {
  const folders = names.map((name) => join(out, name));
  const comparison = await withProgress("resampling", (onStart) => compareRuns(folders, { onStart, wins: WINS }));
  for (const warning of comparison.warnings ?? []) tell(`simvlm: warning: ${warning}`);
  const json = join(out, "comparison.json");
  await writeFileAtomic(json, `${formatJson(withoutHomes(comparison), 2)}\n`);
  const report = await withProgress("reporting", (onStart) => buildReport(folders, { onStart, title }));
  const page = join(out, "report.html");
  await writeFileAtomic(page, await renderReport(report));
  for (const remark of [...report.data.remarks, ...report.data.attention.remarks]) tell(`simvlm: note: ${remark}`);
  const tables = formatComparison(comparison, outputWidth());
  const short = sumUp(comparison).join("\n");
  await print(`${tables}\n\n${short}\nThe same as JSON: ${json}\nAs a page to open and pass on: ${page}`);
}

/** The main score of each run beside that of the first, on all examples and by domain. */
function sumUp({ task, differences, resampling }: RunComparison): string[] {
  const { mainScore } = findTask(task);
  return differences
    .filter(({ score }) => score === mainScore)
    .map(({ run, against, subset, value, againstValue, difference, low, high, pBootstrap }) => {
      const interval = `[${formatSigned(low)}, ${formatSigned(high)}]`;
      const p = formatProbability(pBootstrap, leastProbability(resampling));
      const both = `${run} ${value.toFixed(DECIMALS)}, ${against} ${againstValue.toFixed(DECIMALS)}`;
      return `${mainScore}, ${subset}: ${both}: ${formatSigned(difference)} ${interval}, p ${p}`;
    })
    .map(line);
}
