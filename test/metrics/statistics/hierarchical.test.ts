import {
  bootstrap,
  cider,
  createRandomSource,
  hierarchicalBootstrap,
  type MetricResult,
  pairedHierarchicalBootstrap,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { accuracyOf, clusteredAccuracyOf } from "../results.js";

const EXAMPLES = 60;

/** A training that has as large a share right, of examples that are as hard for each. */
function train(share: number, seed: number, examples = EXAMPLES): MetricResult<"accuracy"> {
  const random = createRandomSource(seed);
  return accuracyOf(Array.from({ length: examples }, () => (random() < share ? 1 : 0)));
}

/** The same by a plain loop over resampled sets, trainings and examples, whose draws are other ones. */
function resamplePlainly(trainings: readonly (readonly number[])[], resamples: number, seed: number): number[] {
  const random = createRandomSource(seed);
  const below = (n: number) => Math.floor(random() * n);
  const examples = trainings[0]!.length;
  return Array.from({ length: resamples }, () => {
    const rows = Array.from({ length: examples }, () => below(examples));
    let sum = 0;
    for (const _ of trainings) {
      const training = trainings[below(trainings.length)]!;
      for (const row of rows) sum += training[row]!;
    }
    return sum / examples / trainings.length;
  });
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const deviation = (numbers: readonly number[]) => Math.sqrt(mean(numbers.map((x) => (x - mean(numbers)) ** 2)));

const rightOf = (result: MetricResult<"accuracy">) => [...result.perExample.accuracy];

describe("two levels", () => {
  const options = { resamples: 20_000, seed: 7 };

  test("mean, spread and interval are those of a plain loop over trainings and examples", () => {
    const trainings = [0.5, 0.7, 0.9].map((share, seed) => train(share, seed));
    const { accuracy } = hierarchicalBootstrap(trainings, options);
    const plain = resamplePlainly(trainings.map(rightOf), options.resamples, 3).sort((a, b) => a - b);
    expect(accuracy.score).toBeCloseTo(mean(trainings.map(({ scores }) => scores.accuracy)), 12);
    expect(accuracy.standardError / deviation(plain)).toBeCloseTo(1, 1);
    expect(accuracy.low).toBeCloseTo(plain[Math.round(0.025 * plain.length)]!, 1.7);
    expect(accuracy.high).toBeCloseTo(plain[Math.round(0.975 * plain.length)]!, 1.7);
    const examplesAlone = trainings.map((training) => bootstrap(training, options).accuracy.standardError);
    expect(accuracy.standardError).toBeGreaterThan(Math.max(...examplesAlone));
  });

  test("the difference of two trainings is that of a plain loop over pairs with one seed", () => {
    const first = [0.6, 0.7, 0.8].map((share, seed) => train(share, seed));
    const second = [0.5, 0.6, 0.8].map((share, seed) => train(share, seed + 10));
    const { accuracy } = pairedHierarchicalBootstrap(first, second, options);
    const gains = first.map((own, i) => rightOf(own).map((right, row) => right - rightOf(second[i]!)[row]!));
    const plain = resamplePlainly(gains, options.resamples, 3);
    expect(accuracy.difference).toBeCloseTo(mean(gains.map(mean)), 12);
    expect(accuracy.standardError / deviation(plain)).toBeCloseTo(1, 1);
    const rarer = plain.filter((difference) => difference <= 0).length / plain.length;
    expect(Math.abs(accuracy.pValue - 2 * Math.min(rarer, 1 - rarer))).toBeLessThan(0.03);
  });

  test("of one training it is the bootstrap of its examples", () => {
    const only = train(0.6, 1);
    expect(hierarchicalBootstrap([only], options).accuracy).toEqual(bootstrap(only, options).accuracy);
  });

  test("trainings that are all alike add nothing, trainings that disagree hide what one alone would show", () => {
    const [low, high] = [train(0.3, 1, 2000), train(0.9, 1, 2000)];
    const alike = pairedHierarchicalBootstrap([high, high, high], [low, low, low], options).accuracy;
    expect(alike.pValue).toBeLessThan(0.001);
    const disagreeing = pairedHierarchicalBootstrap([high, low, high], [low, high, low], options).accuracy;
    expect(disagreeing.pValue).toBeGreaterThan(0.05);
  });

  test("clusters are drawn whole", () => {
    const right = Array.from({ length: 40 }, (_, i) => (Math.floor(i / 10) % 2 === 0 ? 1 : 0) as 0 | 1);
    const images = right.map((_, i) => Math.floor(i / 10));
    const whole = hierarchicalBootstrap([clusteredAccuracyOf(right, images)], options).accuracy;
    const single = hierarchicalBootstrap([clusteredAccuracyOf(right, [...right.keys()])], options).accuracy;
    expect(whole.standardError).toBeGreaterThan(2 * single.standardError);
  });
});

test("the same seed gives the same numbers", () => {
  const trainings = [train(0.5, 1), train(0.6, 2)];
  const once = hierarchicalBootstrap(trainings, { seed: 5 });
  expect(hierarchicalBootstrap([train(0.5, 1), train(0.6, 2)], { seed: 5 })).toEqual(once);
  expect(hierarchicalBootstrap(trainings, { seed: 6 })).not.toEqual(once);
});

test("what cannot be resampled together is refused", () => {
  const one = train(0.5, 1);
  const refuse = (run: () => unknown, code: string) => expect(run).toThrow(expect.objectContaining({ code }));
  refuse(() => hierarchicalBootstrap([]), "too-few-seeds");
  refuse(() => hierarchicalBootstrap([one, train(0.5, 2, 50)]), "not-paired");
  refuse(() => pairedHierarchicalBootstrap([one, one], [one]), "not-paired");
  refuse(() => pairedHierarchicalBootstrap<string>([one], [cider(["a"], [["a"]])]), "not-paired");
  refuse(() => hierarchicalBootstrap([one], { resamples: 0 }), "bad-resampling");
});
