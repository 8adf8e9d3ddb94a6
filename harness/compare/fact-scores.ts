import { countResult, type MetricResult } from "@simvlm/metrics";
import { compareFacts, FACT_TYPES, type FactAccuracy, type FactType } from "../toybox/fact-accuracy.js";
import { parseFacts } from "../toybox/parse-facts.js";
import type { Facts } from "../toybox/world/facts.js";
import { type AboutFacts, FACT_SCORES, type FactDifferenceRow, type FactRow } from "./comparison.js";
import type { LoadedRun } from "./load-runs.js";
import { type MeasurableRun, type Measuring, measureRuns } from "./measure.js";

/** What is to be seen in each of the pictures, in the order of the ids. */
export type Scenes = readonly Facts[];

type FactResult = AboutFacts & { readonly result: MetricResult };

/**
 * What the captions say beside what is to be seen, English or German: per type of facts the precision (right of those
 * said), recall (right of those present) and F1 of all captions together, and the share of exact captions. Of types that
 * no scene has there is nothing to say.
 */
export function scoreFacts(captions: readonly string[], scenes: Scenes): FactResult[] {
  const compared = captions.map((caption, i) => compareFacts(parseFacts(caption), scenes[i]!));
  const types = FACT_TYPES.filter((type) => compared.some(({ counts }) => counts[type].present > 0));
  return [
    ...types.map((fact) => ({ fact, result: countFacts(fact, compared) })),
    { fact: "caption", result: countExact(compared) },
  ];
}

function countFacts(type: FactType, compared: readonly FactAccuracy[]): MetricResult {
  return countResult(
    {
      metric: `Toybox-${type}`,
      names: FACT_SCORES,
      columns: ["right", "said", "present"],
      scoresFromSums: ([right, said, present]) => [
        divide(right!, said!),
        divide(right!, present!),
        divide(2 * right!, said! + present!),
      ],
    },
    compared.map(({ counts: { [type]: one } }) => [one.right, one.said, one.present]),
  );
}

function countExact(compared: readonly FactAccuracy[]): MetricResult {
  return countResult(
    {
      metric: "Toybox-exact-captions",
      names: ["exact"],
      columns: ["exact", "captions"],
      scoresFromSums: ([exact, captions]) => [divide(exact!, captions!)],
    },
    compared.map(({ exact }) => [exact ? 1 : 0, 1]),
  );
}

/** A run whose captions can be read again. */
type ReadableRun = MeasurableRun & { readonly run: Pick<LoadedRun, "predictions"> };

/** A run with the fact accuracy of its captions. */
export type ToldRun = MeasurableRun & { readonly facts: readonly FactResult[] };

/** The runs with the fact accuracy of their captions. */
export function tellFacts(runs: readonly ReadableRun[], scenes: Scenes): ToldRun[] {
  return runs.map(({ run, scored }) => {
    const captions = scored.ids.map((id) => run.predictions.get(id)!.prediction);
    return { run, scored, facts: scoreFacts(captions, scenes) };
  });
}

/** The fact accuracy of all runs, with intervals and differences to the first. */
export function measureFacts(
  runs: readonly ToldRun[],
  measuring: Measuring,
): { scores: FactRow[]; differences: FactDifferenceRow[] } {
  // One type at a time: their scores have the same names.
  const measured = runs[0]!.facts.map(({ fact }, i) => {
    const rows = runs.map(({ run, scored, facts }) => ({ run, scored: { ...scored, results: [facts[i]!.result] } }));
    const { scores, differences } = measureRuns(rows, measuring);
    return {
      scores: scores.map((row) => ({ fact, ...row })),
      differences: differences.map((row) => ({ fact, ...row })),
    };
  });
  return {
    scores: measured.flatMap(({ scores }) => scores),
    differences: measured.flatMap(({ differences }) => differences),
  };
}

/** Of nothing, nothing. */
function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
