import type { PaperColumn, PaperSide } from "../../compare/paper-table.js";
import {
  type CheckedNumber,
  KINDS,
  type Kind,
  listNumbers,
  pairNumbers,
  type ShownNumbers,
  type ShownPaper,
} from "./numbers.js";
import { type CheckedReport, type Recomputed, recompute } from "./recompute.js";
import type { Scoring } from "./scoring.js";

/** What came of scoring a report again, beside what is printed. */
export interface ReportCheck extends Pick<Recomputed, "unchecked" | "kept" | "missing"> {
  /** What was computed, by which the page's own tables are checked. */
  readonly computed: ShownNumbers;
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
  if (rest.missing.length > 0) return { numbers: [], computed: numbers, ...rest };
  const labels = report.runs.map(({ label }) => label);
  const printed = listNumbers(printedNumbers(report, rest.unchecked), labels);
  const { paper } = report.comparison;
  const computed = listNumbers({ ...numbers, paper: paper.map((side) => placeAgain(side, numbers.scores)) }, labels);
  return {
    numbers: KINDS.map((kind) => ({ kind, numbers: pairNumbers(printed[kind], computed[kind]) })).filter(
      ({ numbers }) => numbers.length > 0,
    ),
    computed: numbers,
    ...rest,
  };
}

/** A table of the paper with what was computed in the places of our scores. */
function placeAgain({ title, columns, ours }: PaperSide, scores: ShownNumbers["scores"]): ShownPaper {
  const find = (run: string, column: PaperColumn | undefined) =>
    scores.find((row) => row.run === run && row.score === column?.ours?.score && row.subset === column.ours.subset);
  const again = ours.map(({ run, values }) => ({
    run,
    values: values.map((value, i) => {
      const found = value === null ? undefined : find(run, columns[i]);
      return found ? found.value * columns[i]!.ours!.scale : null;
    }),
  }));
  return { title, columns, ours: again };
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
  const { scores, differences, facts, slices, changes, winsAndLosses, signatures, paper } = comparison;
  const signed = Object.entries(signatures).filter(([metric]) => !metrics.has(metric));
  return {
    scores: scores.filter(isChecked),
    differences: differences.filter(isChecked),
    ...(facts && { facts }),
    ...(slices && {
      slices: { scores: slices.scores.filter(isChecked), differences: slices.differences.filter(isChecked) },
    }),
    ...(changes && { changes }),
    winsAndLosses: winsAndLosses.filter(isChecked),
    paper: paper.map(({ title, columns, ours }) => {
      // Where no score of ours belongs, none is computed, and one that stands there differs.
      const isLeft = (i: number) => columns[i]!.ours !== undefined && !isChecked(columns[i]!.ours);
      return {
        title,
        columns,
        ours: ours.map(({ run, values }) => ({ run, values: values.map((value, i) => (isLeft(i) ? null : value)) })),
      };
    }),
    ...(examples && isChecked(examples) && { examples, extremes }),
    signatures: Object.fromEntries(
      signed.map(([metric, signature]): [string, string] => [metric, signature.replace(LEFT_OUT, "")]),
    ),
  };
}
