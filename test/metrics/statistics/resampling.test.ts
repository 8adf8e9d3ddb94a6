import {
  bootstrap,
  bootstrapAll,
  createRandomSource,
  createResult,
  type Interval,
  type MetricResult,
  type Pair,
  pairedBootstrap,
  pairedBootstrapAll,
  pairedPermutation,
  pairedPermutationAll,
  type ResamplingOptions,
  sumStatistics,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { summarize } from "../../../metrics/statistics/bootstrap.js";
import { sumClusters } from "../../../metrics/statistics/clusters.js";

/** Resampling as one would write it down: a draw, a row, a column after the other. */
const plain = {
  bootstrap(result: MetricResult, { resamples, seed, confidence }: Required<ResamplingOptions>) {
    const random = createRandomSource(seed);
    const { rows, width } = tableOf(result);
    const samples = Array.from({ length: resamples }, () => {
      const drawn = rows.map(() => rows[Math.floor(random() * rows.length)]!);
      return result.scoresFromSums(addUp(drawn, width));
    });
    return record(result, (name, i) =>
      summarize(
        result.scores[name]!,
        Float64Array.from(samples, (scores) => scores[i]!),
        confidence,
      ),
    );
  },

  pairedBootstrap([first, second]: Pair, { resamples, seed, confidence }: Required<ResamplingOptions>) {
    const random = createRandomSource(seed);
    const [a, b] = [tableOf(first), tableOf(second)];
    const samples = Array.from({ length: resamples }, () => {
      const places = a.rows.map(() => Math.floor(random() * a.rows.length));
      const [left, right] = [a, b].map(({ rows, width }) =>
        first.scoresFromSums(
          addUp(
            places.map((place) => rows[place]!),
            width,
          ),
        ),
      );
      return left!.map((score, i) => score - right![i]!);
    });
    return record(first, (_, i) => {
      const difference = observedDifference([first, second], i);
      const differences = samples.map((scores) => scores[i]!);
      const mean = differences.reduce((sum, x) => sum + x, 0) / resamples;
      const asFar = differences.filter((x) => Math.abs(x - mean) >= Math.abs(difference)).length;
      const { low, high, standardError } = summarize(difference, Float64Array.from(differences), confidence);
      return { difference, low, high, standardError, pValue: (asFar + 1) / (resamples + 1) };
    });
  },

  pairedPermutation([first, second]: Pair, { resamples, seed }: Required<ResamplingOptions>) {
    const random = createRandomSource(seed);
    const [a, b] = [tableOf(first), tableOf(second)];
    const samples = Array.from({ length: resamples }, () => {
      const coins = a.rows.map(() => random() < 0.5);
      const left = a.rows.map((row, i) => (coins[i] ? b.rows[i]! : row));
      const right = b.rows.map((row, i) => (coins[i] ? a.rows[i]! : row));
      const [scores, others] = [left, right].map((rows) => first.scoresFromSums(addUp(rows, a.width)));
      return scores!.map((score, i) => score - others![i]!);
    });
    return record(first, (_, i) => {
      const difference = observedDifference([first, second], i);
      const asLarge = samples.filter((scores) => Math.abs(scores[i]!) >= Math.abs(difference) * (1 - 1e-12)).length;
      return { difference, pValue: (asLarge + 1) / (resamples + 1) };
    });
  },
};

function tableOf(result: MetricResult): { rows: Float64Array[]; width: number } {
  const width = result.statistics.columns.length;
  const sums = sumClusters(result);
  const rows = Array.from({ length: sums.length / width }, (_, row) => sums.slice(row * width, (row + 1) * width));
  return { rows, width };
}

function addUp(rows: readonly Float64Array[], width: number): Float64Array {
  const sums = new Float64Array(width);
  for (const row of rows) for (let column = 0; column < width; column++) sums[column]! += row[column]!;
  return sums;
}

function observedDifference([first, second]: Pair, i: number): number {
  const [a, b] = [first, second].map(({ statistics }) => first.scoresFromSums(sumStatistics(statistics)));
  return a![i]! - b![i]!;
}

function record<T>({ names }: MetricResult, make: (name: string, i: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, i) => [name, make(name, i)]));
}

/** What a column holds; each kind is added up in its own way. */
const KINDS = {
  ones: () => 1,
  tenths: () => 0.1, // constant, but its sums depend on the order
  counts: (random: () => number) => Math.floor(20 * random()) - 5,
  scores: (random: () => number) => 7 * random() - 2,
  signed: (random: () => number) => (random() < 0.5 ? -0 : 0),
} as const;

type Kind = keyof typeof KINDS;

/** A made-up metric whose scores show the last bit of every sum. */
function makeResult(kinds: readonly Kind[], examples: number, seed: number, clusters?: Int32Array): MetricResult {
  const random = createRandomSource(seed);
  const values = Float64Array.from({ length: examples * kinds.length }, (_, i) =>
    KINDS[kinds[i % kinds.length]!](random),
  );
  const scoring = {
    name: "made-up",
    scores: [...kinds.map((_, i) => `sum ${i}`), "mix"],
    columns: kinds.map((_, i) => `column ${i}`),
    scoresFromSums: (sums: Float64Array) => [...sums, sums.reduce((mix, sum) => 0.7 * mix + sum, 0)],
  };
  return createResult(scoring, { values, signature: "made-up", clusters });
}

const TABLES: readonly (readonly Kind[])[] = [
  ["scores"],
  ["ones"],
  ["signed"],
  ["scores", "ones"],
  ["counts", "tenths"],
  ["counts", "ones", "counts"],
  ["scores", "counts", "tenths", "scores"],
  ["scores", "ones", "counts", "scores", "scores", "scores", "scores"],
  ["counts", "counts", "counts", "counts", "counts", "counts", "counts", "counts", "counts", "counts"],
  ["scores", "scores", "scores", "scores", "scores", "ones", "scores", "scores", "scores", "scores", "scores"],
];

const CASES = TABLES.flatMap((kinds) => [1, 15, 16, 17, 50].map((resamples) => ({ kinds, resamples })));

describe.each(CASES)("columns $kinds, $resamples resamples", ({ kinds, resamples }) => {
  const options = { resamples, seed: 7 + resamples, confidence: 0.9 };
  const clusters = Int32Array.from({ length: 43 }, (_, i) => (i * i) % 17);

  test.each([
    ["examples", undefined],
    ["clusters", clusters],
  ])("%s: to the last bit what plain loops give", (_, drawn) => {
    const [a, b, c] = [1, 2, 3].map((seed) => makeResult(kinds, 43, seed, drawn)) as [
      MetricResult,
      MetricResult,
      MetricResult,
    ];
    const pairs: Pair[] = [
      [b, c],
      [c, a],
    ];
    const shifted = { ...options, test: "shifted" } as const;
    expect(pairedBootstrap(a, b, shifted)).toStrictEqual(plain.pairedBootstrap([a, b], options));
    expect(pairedPermutation(a, b, options)).toStrictEqual(plain.pairedPermutation([a, b], options));
    expect(bootstrap(a, options)).toStrictEqual(plain.bootstrap(a, options));
    const results = [a, b, c, makeResult(kinds, 12, 4)];
    expect(bootstrapAll(results, options)).toStrictEqual(results.map((result) => plain.bootstrap(result, options)));
    expect(pairedBootstrapAll(pairs, shifted)).toStrictEqual(pairs.map((pair) => plain.pairedBootstrap(pair, options)));
    expect(pairedPermutationAll(pairs, options)).toStrictEqual(
      pairs.map((pair) => plain.pairedPermutation(pair, options)),
    );
  });
});

test("what is remembered of a result is of the same draws only", () => {
  const [result, second, third] = [1, 2, 3].map((seed) => makeResult(["scores", "ones"], 20, seed)) as [
    MetricResult,
    MetricResult,
    MetricResult,
  ];
  const draws = [
    { resamples: 20, seed: 1 },
    { resamples: 21, seed: 1 },
    { resamples: 20, seed: 2 },
    { resamples: 20, seed: 1 },
  ];
  const confidences = [0.95, 0.5];
  for (const draw of draws) {
    for (const confidence of confidences) {
      const options = { ...draw, confidence };
      expect(bootstrap(result, options)).toStrictEqual(plain.bootstrap(result, options));
      for (const pairs of [
        [[result, second]],
        [
          [result, third],
          [result, second],
        ],
      ] satisfies Pair[][]) {
        expect(pairedPermutationAll(pairs, options)).toStrictEqual(
          pairs.map((pair) => plain.pairedPermutation(pair, options)),
        );
      }
    }
  }
});

test("results are asked for their scores once for all that is drawn of them", () => {
  let asked = 0;
  const count = (sums: Float64Array) => {
    asked++;
    return [...sums];
  };
  const scoring = { name: "counted", scores: ["sum"], columns: ["sum"], scoresFromSums: count };
  const [a, b] = [1, 2].map((value) => createResult(scoring, { values: Float64Array.of(value, 3), signature: "s" }));
  asked = 0;
  const intervals: Record<string, Interval>[] = bootstrapAll([a!, b!, a!], { resamples: 10 });
  expect(intervals[2]).toEqual(intervals[0]);
  expect(asked).toBe(20);
  pairedBootstrap(a!, b!, { resamples: 10 });
  expect(asked).toBe(22);
});
