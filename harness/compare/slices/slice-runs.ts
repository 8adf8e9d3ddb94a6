import { type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { listIds } from "../../formats/ids.js";
import { correctHolm, FEWEST_EXAMPLES, noteFewResamples } from "../../tasks/uncertainty.js";
import type { ComparedSlices } from "../comparison.js";
import type { Measuring, ScoredRun } from "../measure.js";
import { findObjects } from "./find-objects.js";
import { type MadeSlicings, makeSlicings, type Sliceable } from "./make-slicings.js";
import { measureSlices } from "./measure-slices.js";
import type { SliceRequest, Slicing } from "./slicing.js";

/** Slices before they are measured. */
export interface PreparedSlices extends MadeSlicings {
  /** Such that the same slices follow from it without any other file. */
  readonly request: SliceRequest;
}

/**
 * The slices of the scored examples.
 * @throws SimvlmError `nothing-to-score` of runs without scores, and what {@link findObjects} and {@link makeSlicings} throw
 */
export async function prepareSlices(
  { by = [], tables = [] }: SliceRequest,
  { ids, ...whole }: Omit<Sliceable, "ids"> & { readonly ids: readonly string[] | undefined },
  place: { readonly folder: string; readonly split: string },
): Promise<PreparedSlices> {
  if (ids === undefined) {
    throw new SimvlmError("nothing-to-score", "The data have no references, so slices have no scores. Leave them out.");
  }
  const complete = await findObjects({ by, tables }, whole.data, place);
  return { request: complete, ...makeSlicings(complete, { ...whole, ids }) };
}

/** Scores and differences on slices, the p-values of all of which are one family where they are corrected. */
export function compareSlices(
  runs: readonly ScoredRun[],
  slicings: readonly Slicing[],
  measuring: Omit<Measuring, "groups">,
  correct: "holm" | undefined,
): ComparedSlices {
  const { scores, differences } = measureSlices(runs, slicings, measuring);
  const all = runs[0]!.scored.ids.length;
  return {
    by: slicings.map(({ name: slicing, about, slices }) => {
      const counted = slices.map(({ name, rows }) => ({ name, examples: rows.length }));
      return {
        slicing,
        about,
        slices: counted,
        without: all - counted.reduce((sum, { examples }) => sum + examples, 0),
      };
    }),
    scores,
    differences: correct ? correctHolm(differences) : differences,
  };
}

/** Slices that are too small, a sentence for all. */
export function warnOfSmallSlices(slicings: readonly Slicing[]): string[] {
  const small = slicings.flatMap(({ name: slicing, slices }) =>
    slices
      .filter(({ rows }) => rows.length < FEWEST_EXAMPLES)
      .map(({ name, rows }) => `${slicing} ${name} (${rows.length})`),
  );
  if (small.length === 0) return [];
  return [
    `Slices of fewer than ${FEWEST_EXAMPLES} examples say nothing, and neither do their intervals and p-values: ${listIds(small)}.`,
  ];
}

/** What one must know to read numbers of slices, a sentence each. */
export function noteSlices(
  { notes }: MadeSlicings,
  scored: readonly ScoredRun[],
  sliced: ComparedSlices | undefined,
  metrics: readonly MetricDefinition[],
  { correct, resamples }: { readonly correct: "holm" | undefined; readonly resamples: number },
): string[] {
  if (!sliced) return [...notes];
  const counting = metrics.filter(({ needs }) => needs?.includes("document-frequencies"));
  const tests = sliced.differences.length;
  return [
    ...notes,
    ...counting.map(
      ({ name, title = name }) =>
        `${title} on slices has the document frequencies of all ${scored[0]!.scored.ids.length} examples.`,
    ),
    ...(correct && tests > 0
      ? [
          `Holm's correction on slices: the p-values of one kind of test on all ${tests} differences are a family of their own.`,
          ...noteFewResamples(tests, resamples, "no corrected p-value on slices"),
        ]
      : []),
  ];
}
