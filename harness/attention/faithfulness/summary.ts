import {
  type BootstrapDifference,
  bootstrap,
  bootstrapAll,
  type Interval,
  type MetricResult,
  meanResult,
  pairedBootstrap,
  type ResamplingOptions,
  SimvlmError,
} from "@simvlm/metrics";
import { averageCurves, type Curve } from "./curves.js";
import type { MapTrial, PictureTrial, Suspect, WordTrial } from "./try-picture.js";

/**
 * What a map is measured by: the areas under its deletion curve, where less is better, and its insertion curve; what its
 * brightest patches are worth, and its correlation with what each patch is worth, when they are knocked out; and of words
 * that name things, whether its brightest patch, and how much of it, is on the thing.
 */
export const TRIAL_MEASURES = ["deletion", "insertion", "correlation", "drop", "pointing", "energy"] as const;
/** One of {@link TRIAL_MEASURES}. */
export type TrialMeasure = (typeof TRIAL_MEASURES)[number];

/** What one measure says of one map. */
export interface MeasuredMap extends Interval {
  /** Pictures that it was measured on; of a single one there is no interval, and `low` and `high` are the score. */
  readonly pictures: number;
  /** The map's less the mean of the random maps', on the same pictures; absent of the random maps, and of one picture. */
  readonly difference?: BootstrapDifference;
}

/** What a set of pictures says of one map. */
export interface MapVerdict {
  readonly map: Suspect;
  /** A measure that nothing is known of is absent: pointing without masks. */
  readonly measures: { readonly [Name in TrialMeasure]?: MeasuredMap };
  /** Mean curves of all pictures. */
  readonly deletion: Curve;
  readonly insertion: Curve;
}

/** What a set of pictures says of maps. */
export interface FaithfulnessVerdict {
  readonly pictures: number;
  readonly words: number;
  /** Words that name a thing whose place is known. */
  readonly named: number;
  readonly maps: readonly MapVerdict[];
}

/**
 * Means over pictures, and over words, with bootstrap intervals; pictures are resampled, the same ones for all maps.
 * @param trials of the same maps each; at least one
 * @throws SimvlmError `too-few-examples` for no trials, `bad-resampling`
 */
export function sumUp(trials: readonly PictureTrial[], options: ResamplingOptions = {}): FaithfulnessVerdict {
  if (trials.length === 0) throw new SimvlmError("too-few-examples", "No picture has a word whose maps were tried.");
  const names = trials[0]!.maps.map(({ map }) => map);
  const of = (name: Suspect) => trials.map(({ maps }) => maps.find(({ map }) => map === name)!);
  const countKnown = (measure: TrialMeasure) =>
    findKnown(measure, trials).filter((words) => isOfPicture(measure) || words.includes(true)).length;
  const results = new Map(
    TRIAL_MEASURES.map((measure) => {
      const known = findKnown(measure, trials);
      const all = names.map((name) => [name, toResult(measure, of(name), known)] as const);
      return [measure, new Map(all.filter(([, result]) => result !== undefined))] as const;
    }),
  );
  // Examples are drawn once for all of them, which what follows remembers.
  bootstrapAll(
    [...results.values()].flatMap((all) => [...all.values()].flatMap((result) => result ?? [])),
    options,
  );
  const maps = names.map((map): MapVerdict => {
    const measures = TRIAL_MEASURES.flatMap((measure): [TrialMeasure, MeasuredMap][] => {
      const result = results.get(measure)!.get(map);
      const chance = results.get(measure)!.get("random");
      if (!result) return [];
      const interval = bootstrap(result, options)[measure]!;
      const known = countKnown(measure);
      const isCompared = map !== "random" && chance !== undefined && known > 1;
      const difference = isCompared ? pairedBootstrap(result, chance, options)[measure] : undefined;
      return [[measure, { ...interval, pictures: known, ...(difference && { difference }) }]];
    });
    return {
      map,
      measures: Object.fromEntries(measures),
      deletion: averageCurves(of(map).map(({ deletion }) => deletion)),
      insertion: averageCurves(of(map).map(({ insertion }) => insertion)),
    };
  });
  const words = trials.flatMap(({ maps }) => maps[0]!.words);
  return {
    pictures: trials.length,
    words: words.length,
    named: words.filter(({ pointing }) => pointing !== undefined).length,
    maps,
  };
}

/** What is measured once a picture; the others are of each of its words. */
const isOfPicture = (measure: TrialMeasure): measure is "deletion" | "insertion" =>
  measure === "deletion" || measure === "insertion";

/** Of which words of each picture every map has the measure, so that maps are compared on the same words. */
function findKnown(measure: TrialMeasure, trials: readonly PictureTrial[]): boolean[][] {
  return trials.map(({ maps }) =>
    maps[0]!.words.map(
      (_, word) => isOfPicture(measure) || maps.every(({ words }) => words[word]![measure] !== undefined),
    ),
  );
}

function toResult(
  measure: TrialMeasure,
  trials: readonly MapTrial[],
  known: readonly (readonly boolean[])[],
): MetricResult | undefined {
  const values: number[] = [];
  const pictures: number[] = [];
  for (const [picture, trial] of trials.entries()) {
    const own = isOfPicture(measure)
      ? [trial[measure].auc]
      : trial.words.filter((_, word) => known[picture]![word]).map((word: WordTrial) => word[measure]!);
    values.push(...own);
    pictures.push(...own.map(() => picture));
  }
  if (values.length === 0) return undefined;
  return meanResult(measure, measure, Float64Array.from(values), measure, numberPictures(pictures));
}

/** Pictures without gaps: some have no word that counts. */
function numberPictures(pictures: readonly number[]): Int32Array {
  const numbers = new Map([...new Set(pictures)].map((picture, index) => [picture, index]));
  return Int32Array.from(pictures, (picture) => numbers.get(picture)!);
}
