import {
  type Agreement,
  type AgreementDifference,
  createMetricInput,
  documentFrequencies,
  evaluateMetric,
  groupExamples,
  holm,
  type MetricDefinition,
  type MetricExample,
  type MetricResult,
  measureAgreement,
  RESAMPLING_DEFAULTS,
  type ResamplingOptions,
  SimvlmError,
} from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import type { RatedCaption, Ratings } from "../formats/ratings.js";
import { finderOf } from "../formats/results/match-ids.js";
import { supplyTables, type TableChoice } from "../metric-data/supply-tables.js";
import type { Truth } from "./task.js";

/** How metrics are held against people's ratings. */
export interface AgreementRequest {
  readonly ratings: Ratings;
  /** What people wrote of the pictures, where the ratings do not have it beside each caption. */
  readonly references?: readonly Truth[] | undefined;
  /** The file of a picture that the ratings name, for metrics that look at pictures; default: what the references say. */
  readonly pictureOf?: ((image: string) => string) | undefined;
  readonly metrics: readonly MetricDefinition[];
  /** Default: all that are installed. */
  readonly tables?: TableChoice | undefined;
  /** Each person's rating counts by itself, as in the tables of Flickr8k-Expert; default: the mean of a caption's. */
  readonly isEach?: boolean;
  /** Captions that are one of their picture's references are kept; default: they are left out. */
  readonly keepsReferences?: boolean;
  readonly correct?: "holm" | undefined;
  readonly resampling?: ResamplingOptions;
  /** Is told of each metric that cannot be computed, and why; it is left out. By default the reason is thrown. */
  readonly onUnable?: ((metric: MetricDefinition, reason: SimvlmError) => void) | undefined;
  /** Called with the number of steps there will be; what it returns is called after each. */
  readonly onStart?: ((steps: number) => () => void) | undefined;
}

/** A difference of two scores' agreement, with its p-value corrected where that was asked for. */
export type CorrectedDifference = AgreementDifference & { readonly holm?: number };

/** What `simvlm agreement --json` writes. */
export interface AgreementReport extends Agreement {
  readonly format: 1;
  readonly captions: number;
  readonly pictures: number;
  readonly ratings: number;
  /** Whether each person's rating counts by itself, or the mean of a caption's. */
  readonly counted: "each" | "mean";
  readonly preferences: number;
  /** Captions that were left out because they are one of their picture's references. */
  readonly leftOut: number;
  readonly differences: readonly CorrectedDifference[];
  readonly correction?: "holm";
  readonly resampling: Required<ResamplingOptions>;
  readonly signatures: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/**
 * Holds metrics against people: how well each orders captions as people do.
 * @throws SimvlmError `missing-references` with the pictures, `unknown-caption`, `no-variation`, `nothing-to-score`,
 *   `too-few-examples`, and what the metrics throw
 */
export async function measureHumanAgreement(request: AgreementRequest): Promise<AgreementReport> {
  const { ratings: given, keepsReferences = false, isEach = false, correct } = request;
  const resampling = { ...RESAMPLING_DEFAULTS, ...request.resampling };
  const all = pairWithReferences(request);
  const places = [...all.keys()].filter((i) => keepsReferences || !isOwnReference(all[i]!));
  const items = places.map((i) => all[i]!);
  if (items.length === 0) {
    throw new SimvlmError("nothing-to-score", "Every rated caption is one of its picture's references.");
  }
  const placeOf = new Map(places.map((place, i) => [place, i]));
  const preferences = given.preferences.flatMap(({ better, worse }) => {
    const [a, b] = [placeOf.get(better), placeOf.get(worse)];
    return a === undefined || b === undefined ? [] : [{ better: a, worse: b }];
  });
  const ratings = items.flatMap(({ rated }, item) =>
    (isEach || rated.ratings.length === 0 ? rated.ratings : [mean(rated.ratings)]).map((rating) => ({ item, rating })),
  );
  requireVariation(ratings, preferences.length);
  const results = await evaluate(request, items);
  const scores = Object.fromEntries(results.flatMap(({ perExample }) => Object.entries(perExample)));
  const { numbers, count } = numberPictures(items);
  const tick = request.onStart?.(resampling.resamples);
  const measured = measureAgreement({ ratings, preferences, clusters: numbers, scores }, resampling, tick);
  return {
    format: 1,
    captions: items.length,
    pictures: count,
    ratings: ratings.length,
    counted: isEach ? "each" : "mean",
    preferences: preferences.length,
    leftOut: all.length - items.length,
    ...measured,
    differences: correct ? correctByCoefficient(measured.differences) : measured.differences,
    ...(correct && { correction: correct }),
    resampling,
    signatures: Object.fromEntries(results.map(({ metric, signature }) => [metric, signature])),
    notes: Object.entries(scores).flatMap(([name, values]) => {
      const first = values[0];
      return values.every((value) => value === first)
        ? [`${name} is ${first} for every caption: it tells nothing.`]
        : [];
    }),
  };
}

/** A rated caption as metrics see it. */
interface Item {
  readonly rated: RatedCaption;
  readonly example: MetricExample;
}

function pairWithReferences({ ratings, references = [], pictureOf }: AgreementRequest): Item[] {
  const { captions, isByNumber } = ratings;
  const find = finderOf(references);
  const missing = captions.filter(({ image, references: own }) => !own && !find(image)?.references?.length);
  if (missing.length > 0) {
    const names = [...new Set(missing.map(({ image }) => image))];
    throw new SimvlmError(
      "missing-references",
      `There are no references for the pictures ${listIds(names)} (${missing[0]!.where}). Check that ratings and references are of the same data set, or put references beside the captions.`,
    );
  }
  return captions.map((rated, i): Item => {
    const known = find(rated.image);
    const example = {
      id: `${i + 1}`,
      prediction: isByNumber ? textOf(rated, find) : rated.caption,
      references: rated.references ?? known!.references!,
      cluster: known?.id ?? rated.image,
      pictures: known?.pictures ?? (pictureOf && [pictureOf(rated.image)]),
      instances: known?.instances,
    };
    return { rated, example };
  });
}

/** Of `1000092795.jpg#2` the third caption of that picture. */
function textOf({ caption, where }: RatedCaption, find: (name: string) => Truth | undefined): string {
  const [, image, number] = /^(.+)#(\d+)$/.exec(caption) ?? [];
  const text = image === undefined ? undefined : find(image)?.references?.[Number(number)];
  if (text !== undefined) return text;
  throw new SimvlmError(
    "unknown-caption",
    `${where}: the references have no caption ${caption}. Check that they are the file that the ratings were collected with.`,
  );
}

function isOwnReference({ example: { prediction, references } }: Item): boolean {
  return references.some((reference) => reference.trim() === prediction.trim());
}

function requireVariation(ratings: readonly { readonly rating: number }[], preferences: number): void {
  const [first] = ratings;
  const varies = ratings.some(({ rating }) => rating !== first!.rating);
  if (varies || preferences > 0) return;
  const what = first === undefined ? "There are no ratings" : `All ${ratings.length} ratings are ${first.rating}`;
  throw new SimvlmError("no-variation", `${what}: there is nothing that a metric could agree with.`);
}

async function evaluate(
  { metrics, tables: choice, onUnable }: AgreementRequest,
  items: readonly Item[],
): Promise<MetricResult[]> {
  const byPicture = new Map(items.map(({ example }) => [example.cluster, example.references]));
  const examples = items.map(({ example }) => example);
  const results: MetricResult[] = [];
  const input = createMetricInput(examples, {
    // each picture is one document, however many captions of it were rated
    documentFrequency: documentFrequencies([...byPicture.values()]),
    documentFrequencyName: "references(pictures)",
  });
  for (const metric of metrics) {
    try {
      results.push(await evaluateMetric(metric, { ...input, tables: await supplyTables([metric], choice) }));
    } catch (error) {
      if (!(error instanceof SimvlmError) || !onUnable || error.code === "stopped") throw error;
      onUnable(metric, error);
    }
  }
  if (results.length > 0) return results;
  throw new SimvlmError("nothing-to-score", "None of the metrics can be computed on these captions.");
}

function numberPictures(items: readonly Item[]): { readonly numbers: Int32Array; readonly count: number } {
  const places = new Map<string | undefined, number>();
  for (const { example } of items) if (!places.has(example.cluster)) places.set(example.cluster, places.size);
  return { numbers: Int32Array.from(items, ({ example }) => places.get(example.cluster)!), count: places.size };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** With Holm's p-values: the pairs of scores are one family by each coefficient, since a reader goes by one of them. */
function correctByCoefficient(differences: readonly AgreementDifference[]): CorrectedDifference[] {
  const families = groupExamples(differences.map(({ coefficient }) => coefficient));
  const corrected = families.flatMap(({ rows }) => {
    const adjusted = holm([...rows].map((row) => differences[row]!.pValue));
    return [...rows].map((row, i) => [row, adjusted[i]!] as const);
  });
  const holmOf = new Map(corrected);
  return differences.map((difference, row) => ({ ...difference, holm: holmOf.get(row)! }));
}
