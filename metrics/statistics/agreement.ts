import { SimvlmError } from "../error.js";
import { type Interval, summarize } from "./bootstrap.js";
import { invertInterval } from "./paired.js";
import { RandomBlocks } from "./random-source.js";
import { compareOrders, correlateRanks, type Ranked, rank } from "./rank-correlation.js";
import { blocksOf, checkResampling, type ResamplingOptions } from "./resampling.js";

/** What tells how well a score's order is people's; `accuracy` is that of choosing the better of two captions. */
export const COEFFICIENTS = ["tau_b", "tau_c", "spearman", "accuracy"] as const;
/** One of {@link COEFFICIENTS}. */
export type Coefficient = (typeof COEFFICIENTS)[number];

/** Two items of which people find one better. */
export interface Preference {
  readonly better: number;
  readonly worse: number;
}

/** What people think of items, and what scores say of them. */
export interface Judged {
  /** People's ratings, more being better, and of which item each is: an item may have several, or none. */
  readonly ratings: readonly { readonly item: number; readonly rating: number }[];
  /** What people were asked of two items of one cluster, beside what follows from the ratings. */
  readonly preferences?: readonly Preference[];
  /** Of each item which it is drawn with: its picture, from 0 without gaps. */
  readonly clusters: Int32Array;
  /** A number for each item by the score's name, more being better. */
  readonly scores: Readonly<Record<string, ArrayLike<number>>>;
}

/** How well one score agrees with people; null where it cannot be told, since the score or the ratings do not vary. */
export type AgreementRow = { readonly score: string } & {
  readonly [Name in Coefficient]: Interval | null;
};

/** How much better one score agrees than another. */
export interface AgreementDifference {
  readonly score: string;
  readonly against: string;
  readonly coefficient: Coefficient;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Of the paired bootstrap: below 0.05 exactly when the 95 % interval leaves out 0. */
  readonly pValue: number;
}

/** Scores beside people. */
export interface Agreement {
  readonly rows: readonly AgreementRow[];
  /** Of each pair of scores, the earlier minus the later, for each coefficient that both have. */
  readonly differences: readonly AgreementDifference[];
}

/**
 * How well scores agree with people: rank correlations over all ratings, and the share of the pairs within a cluster of which
 * people find one better (by the mean of their ratings, or asked so) where the score does, too; its ties count a half. Intervals and differences come from resampling the clusters, the same ones for all scores.
 * @param onSet is called after each resampled set
 * @throws SimvlmError `too-few-examples` for fewer than two clusters, `bad-resampling`
 */
export function measureAgreement(
  judged: Judged,
  options: ResamplingOptions = {},
  onSet: () => void = () => {},
): Agreement {
  const { resamples, seed, confidence } = checkResampling(options);
  const { clusters } = judged;
  const count = clusters.reduce((most, cluster) => Math.max(most, cluster + 1), 0);
  if (count < 2) {
    throw new SimvlmError("too-few-examples", "the ratings are of fewer than two pictures, which cannot be resampled");
  }
  const measures = Object.entries(judged.scores).map(([score, values]) => prepareScore(score, values, judged, count));
  const observed = measures.map(({ measure }) => measure(new Int32Array(count).fill(1)));
  const drawn = measures.map(() => COEFFICIENTS.map(() => new Float64Array(resamples)));
  const random = new RandomBlocks(seed);
  const times = new Int32Array(count);
  for (const { first, sets } of blocksOf(resamples, count)) {
    for (const [k, set] of sets.entries()) {
      random.fillWhole(set, count);
      times.fill(0);
      for (const cluster of set) times[cluster]!++;
      for (const [i, { measure }] of measures.entries()) {
        const values = measure(times);
        for (const [c, name] of COEFFICIENTS.entries()) drawn[i]![c]![first + k] = values[name];
      }
      onSet();
    }
  }
  const rows = measures.map(({ score }, i): AgreementRow => {
    const intervals = COEFFICIENTS.map((name, c) => [name, describe(observed[i]![name], drawn[i]![c]!, confidence)]);
    return { score, ...(Object.fromEntries(intervals) as Record<Coefficient, Interval | null>) };
  });
  const differences = measures.flatMap(({ score }, i) =>
    measures.slice(i + 1).flatMap(({ score: against }, k) =>
      COEFFICIENTS.flatMap((coefficient, c): AgreementDifference[] => {
        const other = i + 1 + k;
        const difference = observed[i]![coefficient] - observed[other]![coefficient];
        const samples = drawn[i]![c]!.map((value, n) => value - drawn[other]![c]![n]!).filter(Number.isFinite);
        if (!Number.isFinite(difference) || samples.length === 0) return [];
        const { low, high } = summarize(difference, samples, confidence);
        return [{ score, against, coefficient, difference, low, high, pValue: invertInterval(samples) }];
      }),
    ),
  );
  return { rows, differences };
}

interface Measure {
  readonly score: string;
  /** @param times how often each cluster is drawn */
  readonly measure: (times: Int32Array) => Record<Coefficient, number>;
}

function prepareScore(
  score: string,
  values: ArrayLike<number>,
  { ratings, preferences = [], clusters }: Judged,
  count: number,
): Measure {
  const own: Ranked = rank(ratings.map(({ item }) => values[item]!));
  const people = rank(ratings.map(({ rating }) => rating));
  const clusterOf = Int32Array.from(ratings, ({ item }) => clusters[item]!);
  const [right, compared] = [new Float64Array(count), new Float64Array(count)];
  for (const { better, worse } of preferences) {
    const cluster = clusters[better]!;
    compared[cluster]! += 1;
    right[cluster]! += (Math.sign(values[better]! - values[worse]!) + 1) / 2;
  }
  for (const [cluster, means] of meansByCluster(ratings, clusters)) {
    const items = [...means.keys()];
    const orders = [items.map((item) => values[item]!), items.map((item) => means.get(item)!)].map(rank);
    const { told, excess } = compareOrders(orders[0]!, orders[1]!);
    compared[cluster]! += told;
    right[cluster]! += (told + excess) / 2;
  }
  const weights = new Int32Array(ratings.length);
  return {
    score,
    measure(times) {
      for (let i = 0; i < weights.length; i++) weights[i] = times[clusterOf[i]!]!;
      let [agreed, asked] = [0, 0];
      for (let cluster = 0; cluster < count; cluster++) {
        agreed += times[cluster]! * right[cluster]!;
        asked += times[cluster]! * compared[cluster]!;
      }
      return { ...correlateRanks(own, people, weights), accuracy: agreed / asked };
    },
  };
}

/** The mean of each item's ratings, cluster by cluster. */
function meansByCluster(ratings: Judged["ratings"], clusters: Int32Array): Map<number, Map<number, number>> {
  const given = new Map<number, number[]>();
  for (const { item, rating } of ratings) {
    const own = given.get(item);
    if (own) own.push(rating);
    else given.set(item, [rating]);
  }
  const means = new Map<number, Map<number, number>>();
  for (const [item, own] of given) {
    const cluster = clusters[item]!;
    const known = means.get(cluster) ?? new Map<number, number>();
    means.set(cluster, known.set(item, own.reduce((sum, rating) => sum + rating, 0) / own.length));
  }
  return means;
}

/** Sets in which nothing varies tell nothing. */
function describe(value: number, samples: Float64Array, confidence: number): Interval | null {
  const told = samples.filter(Number.isFinite);
  return Number.isFinite(value) && told.length > 0 ? summarize(value, told, confidence) : null;
}
