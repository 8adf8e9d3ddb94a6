import { countChanges } from "../../compare/changes.js";
import type { DifferenceRow, RunComparison } from "../../compare/comparison.js";
import { measureFacts, tellFacts } from "../../compare/fact-scores.js";
import { countSlices, countSteps, type Measuring, measureRuns } from "../../compare/measure.js";
import { rankDifferences } from "../../compare/rank-differences.js";
import { measureSlices } from "../../compare/slices/measure-slices.js";
import type { Outcome } from "../../tasks/prediction.js";
import { correctHolm } from "../../tasks/uncertainty.js";
import { roundScores } from "../document/round-scores.js";
import { type Evaluated, evaluateRun, readRun } from "./evaluate-run.js";
import type { ShownNumbers } from "./numbers.js";
import type { Scoring } from "./scoring.js";

/** What of a report is scored again. */
export interface CheckedReport {
  readonly comparison: RunComparison;
  readonly runs: readonly { readonly label: string; readonly outcomes: readonly Outcome[] }[];
  /** The score that examples are compared by. */
  readonly examples?: ShownNumbers["examples"] | undefined;
  readonly extremes: readonly { readonly id: string; readonly value: number }[];
}

/** What came of scoring a report again. */
export interface Recomputed extends Pick<Evaluated, "unchecked"> {
  readonly numbers: ShownNumbers;
  /** The metrics whose counts were taken as they are kept. */
  readonly kept: readonly string[];
  /** Examples without a prediction, by run: none is missing in a report as it was written. */
  readonly missing: readonly { readonly run: string; readonly ids: readonly string[] }[];
}

/**
 * Scores a report's predictions again, and compares its runs again: every number as the program computes it, by the same
 * code.
 * @param onStart called with the number of steps there will be; what it returns is called after each
 */
export async function recompute(
  { comparison, runs: reported, examples: shown, extremes }: CheckedReport,
  scoring: Scoring,
  onStart: (steps: number) => () => void,
): Promise<Recomputed> {
  const { resampling, bootstrapTest = "shifted", correction } = comparison;
  const runs = reported.map(readRun);
  const ids = scoring.examples.map(({ id }) => id);
  const missing = runs
    .map(({ label, predictions }) => ({ run: label, ids: ids.filter((id) => !predictions.has(id)) }))
    .filter(({ ids }) => ids.length > 0);
  const unscored = { numbers: { scores: [], differences: [] }, unchecked: [], kept: [], missing };
  if (missing.length > 0) return unscored;
  const told = scoring.scenes ? countFacts() : [];
  const factCount = told[0]?.facts.length ?? 0;
  const { slicings = [] } = scoring;
  const steps =
    countSteps(runs.length, scoring.metrics.length + factCount, scoring.groups.length + 1) +
    countSteps(runs.length, scoring.metrics.length, countSlices(slicings));
  const tick = onStart(steps + runs.length * scoring.metrics.length);
  const evaluated: Evaluated[] = [];
  for (const i of runs.keys()) evaluated.push(await evaluateRun(runs[i]!, i, scoring, tick));
  const measuring: Measuring = { groups: scoring.groups, resampling, bootstrapTest, tick };
  const scored = evaluated.map(({ results }, i) => ({ run: runs[i]!, scored: { ids, results } }));
  const measured = measureRuns(scored, measuring);
  const sliced = slicings.length > 0 ? measureSlices(scored, slicings, measuring) : undefined;
  const facts = told.length > 0 ? measureFacts(told, measuring) : undefined;
  const correctAll = <Row extends DifferenceRow>(rows: readonly Row[], printed: readonly Row[] = []): readonly Row[] =>
    correction ? correctAmong(rows, printed) : rows;
  const valuesOf = (score: string) =>
    evaluated.map(({ results }) => results.find(({ names }) => names.includes(score))?.perExample[score]);
  return {
    numbers: {
      scores: measured.scores,
      differences: correctAll(measured.differences, comparison.differences),
      ...(facts && {
        facts: { scores: facts.scores, differences: correctAll(facts.differences, comparison.facts?.differences) },
      }),
      ...(sliced && {
        slices: { scores: sliced.scores, differences: correctAll(sliced.differences, comparison.slices?.differences) },
      }),
      ...(comparison.changes && { changes: countChanges(runs, resampling) }),
      ...compareExamples(comparison, valuesOf, ids),
      ...(shown && valuesOf(shown.score).every((values) => values !== undefined)
        ? {
            examples: { score: shown.score, ids, values: valuesOf(shown.score).map((values) => roundScores(values!)) },
            extremes: chooseExtremes(extremes, ids, valuesOf(shown.score)[0]!),
          }
        : {}),
      signatures: Object.fromEntries((evaluated[0]?.results ?? []).map(({ metric, signature }) => [metric, signature])),
    },
    unchecked: evaluated[0]?.unchecked ?? [],
    kept: scoring.metrics.filter(({ origin }) => origin === "kept").map(({ title }) => title),
    missing,
  };

  function countFacts() {
    return tellFacts(
      runs.map((run) => ({ run, scored: { ids, results: [] } })),
      scoring.scenes!,
    );
  }
}

/** Corrected among all that were printed: the p-values of metrics that are not computed here are one family with the others. */
function correctAmong<Row extends DifferenceRow>(rows: readonly Row[], printed: readonly Row[]): Row[] {
  const nameOf = ({ run, subset, score, ...rest }: Row) =>
    JSON.stringify([run, subset, score, "fact" in rest ? rest.fact : "", "slicing" in rest ? rest.slicing : ""]);
  const computed = new Map(rows.map((row) => [nameOf(row), row]));
  const others = printed.filter((row) => !computed.has(nameOf(row)));
  const corrected = correctHolm([...rows, ...others]);
  return corrected.slice(0, rows.length);
}

/** The examples that are shown of each pair of runs, in the order in which they should stand. */
function compareExamples(
  { winsAndLosses: printed }: RunComparison,
  valuesOf: (score: string) => readonly (Float64Array | undefined)[],
  ids: readonly string[],
): Pick<ShownNumbers, "winsAndLosses"> {
  const winsAndLosses = printed.flatMap((pair, i) => {
    const [againstValues, ...others] = valuesOf(pair.score);
    const values = others[i];
    if (!values || !againstValues) return [];
    const { differences, wins, losses } = rankDifferences(values, againstValues);
    const describe = (place: number) => {
      const id = ids[place]!;
      return { id, value: values[place]!, againstValue: againstValues[place]!, difference: differences[place]! };
    };
    const ties = ids.length - wins.length - losses.length;
    return [
      {
        ...pair,
        counts: { wins: wins.length, losses: losses.length, ties },
        wins: wins.slice(0, pair.wins.length).map(describe),
        losses: losses.slice(0, pair.losses.length).map(describe),
      },
    ];
  });
  return winsAndLosses.length > 0 ? { winsAndLosses } : {};
}

function chooseExtremes(printed: CheckedReport["extremes"], ids: readonly string[], values: Float64Array) {
  const places = new Map(ids.map((id, place) => [id, place]));
  return printed.flatMap(({ id }) => (places.has(id) ? [{ id, value: values[places.get(id)!]! }] : []));
}
