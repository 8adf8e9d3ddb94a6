import type { ScoreRow } from "../../compare/comparison.js";
import type { ScoreChange, SliceChange, SliceDiff } from "../../compare/report-diff.js";
import { listSubsets, unique } from "../../compare/subsets.js";
import { orderScores } from "../../tasks/main-first.js";
import type { ReportData, ReportedRun } from "./data.js";

/** A run of the first report, and the one of the second that it is held against. */
export type Pair = readonly [ReportedRun, ReportedRun];

/** The scores of a run that changed, on groups of examples and on all, the main score first. */
export function diffScores({ comparison }: ReportData, second: ReportData, pair: Pair): ScoreChange[] {
  const changed = diffRows(comparison.scores, second.comparison.scores, pair);
  return inOrder(changed, listSubsets(changed), second.comparison.task);
}

/** What changed on slices; undefined where neither report has slices. */
export function diffSlices(first: ReportData, second: ReportData, pairs: readonly Pair[]): SliceDiff | undefined {
  const [then, now] = [first.comparison.slices, second.comparison.slices];
  if (!then && !now) return undefined;
  const [own, others] = [then, now].map((slices) => slices?.by.map(({ slicing }) => slicing) ?? []) as [
    string[],
    string[],
  ];
  const both = others.filter((slicing) => own.includes(slicing));
  const rowsOf = (slices: typeof then, slicing: string) =>
    slices?.scores.filter((row) => row.slicing === slicing) ?? [];
  const scores = pairs.flatMap((pair) =>
    both.flatMap((slicing): SliceChange[] => {
      const changed = diffRows(rowsOf(then, slicing), rowsOf(now, slicing), pair);
      const subsets = [then, now].flatMap((slices) => namesOf(slices, slicing));
      return inOrder(changed, unique(subsets), second.comparison.task).map((change) => ({ ...change, slicing }));
    }),
  );
  return {
    onlyFirst: own.filter((slicing) => !both.includes(slicing)),
    onlySecond: others.filter((slicing) => !both.includes(slicing)),
    scores,
  };
}

/** Slicings of one name that part the examples otherwise, a sentence each. */
export function warnOfSlices(first: ReportData, second: ReportData): string[] {
  const names = first.comparison.slices?.by.map(({ slicing }) => slicing) ?? [];
  return names.flatMap((slicing) => {
    const [own, other] = [first, second].map((report) => describeSlicing(report, slicing));
    return other === undefined || own === other
      ? []
      : [`No score by ${slicing} is comparable: the slices do not have the same examples.`];
  });
}

/** The slices, what they are of, and which examples are in them; undefined for none. */
function describeSlicing({ comparison, listing, runs }: ReportData, slicing: string): string | undefined {
  const by = comparison.slices?.by.find((one) => one.slicing === slicing);
  if (!by) return undefined;
  const kinds = Object.entries(listing?.kinds ?? {}).find(
    ([kind]) => kind === slicing || kind.replaceAll(" ", "-") === slicing,
  );
  const members = kinds?.[1].map((kind, i) => [runs[0]!.outcomes[i]?.id, kind]);
  return JSON.stringify([by.slices, members]);
}

function namesOf(slices: ReportData["comparison"]["slices"], slicing: string): string[] {
  return slices?.by.find((one) => one.slicing === slicing)?.slices.map(({ name }) => name) ?? [];
}

type Row = Pick<ScoreRow, "run" | "subset" | "score" | "value">;

function diffRows(first: readonly Row[], second: readonly Row[], [a, b]: Pair): ScoreChange[] {
  const rowsOf = (rows: readonly Row[], label: string) =>
    new Map(
      rows.filter(({ run }) => run === label).map((row) => [JSON.stringify([row.subset, row.score]), row] as const),
    );
  const [then, now] = [rowsOf(first, a.label), rowsOf(second, b.label)];
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((key): ScoreChange[] => {
    const [old, fresh] = [then.get(key)?.value ?? null, now.get(key)?.value ?? null];
    const { subset, score } = (then.get(key) ?? now.get(key))!;
    return old === fresh
      ? []
      : [{ run: b.label, subset, score, first: old, second: fresh, difference: minus(fresh, old) }];
  });
}

function inOrder(changed: ScoreChange[], subsets: readonly string[], task: string): ScoreChange[] {
  const names = orderScores(unique(changed.map(({ score }) => score)), task);
  const place = ({ subset, score }: ScoreChange) => subsets.indexOf(subset) * names.length + names.indexOf(score);
  return changed.sort((one, other) => place(one) - place(other));
}

/** Null where either is. */
export function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}
