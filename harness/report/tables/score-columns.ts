import type { RunComparison, ScoreRow } from "../../compare/comparison.js";
import { unique } from "../../compare/subsets.js";
import { type Arrangement, arrangeScores } from "../arrangement.js";
import { explainScore } from "../glossary.js";
import type { Column } from "./table-data.js";

/** Digits after the point of scores below 10. */
export const DECIMALS = 4;
/** Of scores of 10 and more. */
const FEWER_DECIMALS = 2;

/** Columns that several tables of scores have. */
export const GROUP = { key: "group", kind: "category" } as const;
export const SLICING = { key: "slicing", title: "sliced by", kind: "category" } as const;
export const SLICE = { key: "group", title: "slice", kind: "category" } as const;
export const RUN = { key: "run", kind: "category" } as const;
export const EXAMPLES = { key: "examples", kind: "number" } as const;
export const SCORE = { key: "score", kind: "category" } as const;

/** A column for each score of the rows. */
export function columnsOfScores(
  { task, signatures }: Pick<RunComparison, "task" | "signatures">,
  rows: readonly ScoreRow[],
  arrangement: Arrangement,
): Column[] {
  const names = arrangeScores(unique(rows.map(({ score }) => score)), task, arrangement);
  const metrics = arrangement.isExplained ? Object.keys(signatures) : [];
  return names.map((key): Column => {
    const decimals = decimalsOf(rows.filter(({ score }) => score === key));
    return { key, kind: "interval", decimals, hint: explainScore(key, metrics) };
  });
}

function decimalsOf(rows: readonly { readonly value: number }[]): number {
  return rows.some(({ value }) => Math.abs(value) >= 10) ? FEWER_DECIMALS : DECIMALS;
}
