import { type CheckedNumber, KINDS, type Kind, listNumbers, pairNumbers, type ShownNumbers } from "./numbers.js";
import { type CheckedReport, type Recomputed, recompute } from "./recompute.js";
import type { Scoring } from "./scoring.js";

/** What came of scoring a report again, beside what is printed. */
export interface ReportCheck extends Pick<Recomputed, "unchecked" | "kept" | "missing"> {
  readonly numbers: readonly { readonly kind: Kind; readonly numbers: readonly CheckedNumber[] }[];
}

/** Whether a number is the same to the last bit. */
export function isEqual({ printed, computed }: CheckedNumber): boolean {
  return printed === computed;
}

/**
 * Scores a report again and sets each number beside the printed one.
 * @param onStart called with the number of steps there will be; what it returns is called after each
 */
export async function checkReport(
  report: CheckedReport,
  scoring: Scoring,
  onStart: (steps: number) => () => void,
): Promise<ReportCheck> {
  const { numbers, ...rest } = await recompute(report, scoring, onStart);
  if (rest.missing.length > 0) return { numbers: [], ...rest };
  const labels = report.runs.map(({ label }) => label);
  const printed = listNumbers(printedNumbers(report, rest.unchecked), labels);
  const computed = listNumbers(numbers, labels);
  return {
    numbers: KINDS.map((kind) => ({ kind, numbers: pairNumbers(printed[kind], computed[kind]) })).filter(
      ({ numbers }) => numbers.length > 0,
    ),
    ...rest,
  };
}

/** What a signature says of examples that were left out, which is no part of how they were scored. */
const LEFT_OUT = /\|(?:missing|unreferenced|unpictured):\d+/g;

/** Without the numbers of metrics that are not computed again. */
function printedNumbers(
  { comparison, examples, extremes }: CheckedReport,
  unchecked: Recomputed["unchecked"],
): ShownNumbers {
  const left = new Set(unchecked.flatMap(({ scores }) => scores));
  const metrics = new Set(unchecked.map(({ metric }) => metric));
  const isChecked = ({ score }: { readonly score: string }) => !left.has(score);
  const { scores, differences, facts, changes, winsAndLosses, signatures } = comparison;
  const signed = Object.entries(signatures).filter(([metric]) => !metrics.has(metric));
  return {
    scores: scores.filter(isChecked),
    differences: differences.filter(isChecked),
    ...(facts && { facts }),
    ...(changes && { changes }),
    winsAndLosses: winsAndLosses.filter(isChecked),
    ...(examples && isChecked(examples) && { examples, extremes }),
    signatures: Object.fromEntries(
      signed.map(([metric, signature]): [string, string] => [metric, signature.replace(LEFT_OUT, "")]),
    ),
  };
}
