import type { ObjectWords } from "@simvlm/metrics";
import type { Segment } from "../../formats/segments.js";
import type { AttentionMaps } from "../../models/attention-maps.js";
import type { TextScorer } from "../../models/text-scorer.js";
import type { Execution, VisionLanguageModel } from "../../models/vision-language-model.js";
import type { Random } from "../../random.js";
import type { WordSpan } from "../../text/word-spans.js";
import type { PictureCaption } from "../captioned-picture.js";
import { lookAt } from "../looks.js";
import { mapWords, methodOf, type WordMap } from "../word-maps.js";
import { type Coverage, coverPatches, energyOn, pointAt } from "./coverage.js";
import { averageCurves, type Curve, traceCurves } from "./curves.js";
import { correlateMap, knockOutEach, knockOutTogether } from "./knockout.js";
import { findNamedThings } from "./named-things.js";
import { averageMaps, drawRandomMap, orderPatches } from "./patch-orders.js";
import { turnMask } from "./upright-mask.js";

/** A map on trial, or the chance that it is held against. */
export type Suspect = WordMap | "random";

/** How maps are put on trial. */
export interface TrialOptions {
  readonly maps: readonly WordMap[];
  /** Steps of the curves, from none of the patches to all. */
  readonly steps: number;
  /** Random maps, whose mean is the chance that maps are held against. */
  readonly randoms: number;
  /** Standard deviation of the blur, in patches. */
  readonly blur: number;
  /** How many of a word's brightest patches are knocked out together; default a tenth of all, and one at least. */
  readonly top?: number | undefined;
}

/** What one map is worth for one word. */
export interface WordTrial {
  /** Spearman's correlation of the map with what the word loses without each patch; none where either does not vary. */
  readonly correlation?: number;
  /** What the word's log-probability loses without the map's brightest patches. */
  readonly drop: number;
  /** Of a word that names a thing whose place is known: 1 where the map's brightest patch is on it, else 0. */
  readonly pointing?: number;
  /** The share of the map on that thing. */
  readonly energy?: number;
}

/** What one map of one picture is worth. */
export interface MapTrial {
  readonly map: Suspect;
  readonly deletion: Curve;
  readonly insertion: Curve;
  readonly words: readonly WordTrial[];
}

/** One picture's text and what each map is worth. */
export interface PictureTrial {
  /** The picture's path, or the name that was given with its bytes. */
  readonly name: string;
  readonly caption: string;
  readonly words: readonly WordSpan[];
  readonly grid: number;
  /** Present where the file says that the picture is to be turned, which was not done. */
  readonly unturned?: true;
  /** Natural log-probability of each word with the whole picture. */
  readonly logProbability: readonly number[];
  /** What each word loses without each patch, `[words][patches]`. */
  readonly drops: readonly Float64Array[];
  readonly maps: readonly MapTrial[];
}

/** What a trial needs of a picture. */
export interface TriedPicture {
  readonly name: string;
  readonly model: VisionLanguageModel;
  readonly attention: AttentionMaps;
  readonly scorer: TextScorer;
  readonly caption: PictureCaption;
  readonly random: Random;
  /** Where things are, how masks are to be turned, and what things are called; absent where nobody knows. */
  readonly things?:
    | { readonly segments: readonly Segment[]; readonly turn: number; readonly objects: ObjectWords }
    | undefined;
}

/** Puts the maps of one picture's text on trial. */
export async function tryPicture(
  { name, model, attention, scorer, caption, random, things }: TriedPicture,
  options: TrialOptions,
  execution: Execution = {},
): Promise<PictureTrial> {
  const words = model.tokenizer.words(caption.tokens);
  const methods = options.maps.flatMap((map) => methodOf(map) ?? []);
  const looks = await lookAt(attention, caption, methods, execution);
  const { grid } = looks.attention;
  const patches = grid ** 2;
  const { top = Math.max(1, Math.round(patches / 10)) } = options;
  const suspects: { map: Suspect; maps: readonly Float32Array[] }[] = [
    ...options.maps.map((map) => ({ map, maps: mapWords(looks, words, map).map((word) => word.map) })),
    ...Array.from({ length: options.randoms }, (_, index) => {
      const draw = random.fork(index);
      return { map: "random" as const, maps: words.map(() => drawRandomMap(patches, draw)) };
    }),
  ];
  const orders = suspects.map(({ maps }) => orderPatches(averageMaps(maps)));
  const curves = await traceCurves(scorer, caption, orders, { grid, steps: options.steps, blur: options.blur });
  const knockout = await knockOutEach(scorer, caption, words, patches);
  const named = things ? await placeThings(words, things, model, grid) : new Map<number, Coverage>();
  const brightest = suspects.map(({ maps }) => maps.map((each) => orderPatches(each).slice(0, top)));
  const drops = await knockOutTogether(scorer, caption, words, brightest, knockout.whole);
  const trials = suspects.map(({ map, maps }, index): MapTrial => {
    const tried = maps.map((each, word) => {
      return tryWord(each, knockout.drops[word]!, drops[index]![word]!, named.get(word));
    });
    return { map, ...curves[index]!, words: tried };
  });
  const own = trials.filter(({ map }) => map !== "random");
  const chance = trials.filter(({ map }) => map === "random");
  return {
    name,
    caption: caption.text,
    words,
    grid,
    ...(caption.unturned && { unturned: caption.unturned }),
    logProbability: knockout.whole,
    drops: knockout.drops,
    maps: [...own, ...(chance.length > 0 ? [averageTrials(chance)] : [])],
  };
}

function tryWord(map: Float32Array, drops: Float64Array, drop: number, coverage: Coverage | undefined): WordTrial {
  const correlation = correlateMap(map, drops);
  const energy = coverage && energyOn(map, coverage);
  return {
    ...(correlation !== undefined && { correlation }),
    drop,
    ...(coverage && { pointing: pointAt(map, coverage) }),
    ...(energy !== undefined && { energy }),
  };
}

/** Where the words are that name things, by their places among the words. */
async function placeThings(
  words: readonly WordSpan[],
  { segments, turn, objects }: NonNullable<TriedPicture["things"]>,
  { preparation }: VisionLanguageModel,
  grid: number,
): Promise<Map<number, Coverage>> {
  const covered = new Map<number, Coverage>();
  for (const { word, mask } of findNamedThings(words, segments, objects)) {
    const coverage = await coverPatches(turnMask(mask, turn), preparation, grid);
    if (coverage) covered.set(word, coverage);
  }
  return covered;
}

/** The mean of several trials of one picture, word by word. */
function averageTrials(trials: readonly MapTrial[]): MapTrial {
  const mean = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const [{ map, words }] = trials as [MapTrial];
  return {
    map,
    deletion: averageCurves(trials.map(({ deletion }) => deletion)),
    insertion: averageCurves(trials.map(({ insertion }) => insertion)),
    words: words.map((_, index) => {
      const all = (name: keyof WordTrial) => mean(trials.map((trial) => trial.words[index]![name]));
      const [correlation, pointing, energy] = [all("correlation"), all("pointing"), all("energy")];
      return {
        drop: all("drop")!,
        ...(correlation !== undefined && { correlation }),
        ...(pointing !== undefined && { pointing }),
        ...(energy !== undefined && { energy }),
      };
    }),
  };
}
