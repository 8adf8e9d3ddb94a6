import {
  bleu,
  bleuMetric,
  bootstrap,
  cider,
  ciderMetric,
  createMetricInput,
  defineMeanMetric,
  defineMetric,
  documentFrequencies,
  evaluateMetric,
  evaluateMetrics,
  groupExamples,
  type MetricExample,
  type MetricResult,
  meanResult,
  pairedBootstrap,
  pairedPermutation,
  rougeL,
  rougeMetric,
  sacreBleu,
  sacreBleuMetric,
  selectGroups,
  VERSION,
} from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryImages, type CaptionedImage, hypothesesOf, referencesOf, SEEDED } from "./generators.js";

function examplesOf(images: readonly CaptionedImage[]): MetricExample[] {
  return images.map(({ hypothesis, references }, i) => ({ id: `image ${i}`, prediction: hypothesis, references }));
}

/** A result without functions, and with what it explains. */
function plain({ scoresFromSums: _, corpusScores: __, perExample, explain, ...result }: MetricResult) {
  const explained = explain && Array.from(perExample[result.names[0]!]!, (_, place) => explain(place));
  return { ...result, perExample: { ...perExample }, explained };
}

describe("the definition of a caption metric gives what its function gives", () => {
  test.each([
    ["BLEU", bleuMetric, bleu],
    ["ROUGE-L", rougeMetric, rougeL],
    ["CIDEr", ciderMetric, cider],
    ["sacreBLEU", sacreBleuMetric, sacreBleu],
  ] as const)("%s", async (title, metric, score) => {
    await fc.assert(
      fc.asyncProperty(arbitraryImages(), async (images) => {
        const result = await evaluateMetric<string, unknown>(metric, createMetricInput(examplesOf(images)));
        expect(result.metric).toBe(title);
        expect(plain(result)).toEqual(plain(score(hypothesesOf(images), referencesOf(images))));
      }),
      SEEDED,
    );
  });

  test("beside one another, in any order, they share the tokens and give the same", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryImages(), async (images) => {
        const [hypotheses, references] = [hypothesesOf(images), referencesOf(images)];
        const expected = [bleu, cider, rougeL].map((score) => plain(score(hypotheses, references)));
        const metrics = [bleuMetric, ciderMetric, rougeMetric];
        const results = await evaluateMetrics(metrics, createMetricInput(examplesOf(images)));
        expect(results.map(plain)).toEqual(expected);
        const turned = await evaluateMetrics(metrics.toReversed(), createMetricInput(examplesOf(images)));
        expect(turned.map(plain).toReversed()).toEqual(expected);
      }),
      SEEDED,
    );
  });

  test("CIDEr takes document frequencies and their name from the input", async () => {
    const references = [["a dog runs"], ["a cat"], ["a dog"]];
    const documentFrequency = documentFrequencies(references);
    const options = { documentFrequency, documentFrequencyName: "three" };
    const examples = [{ id: "1", prediction: "a dog", references: ["a dog runs"] }];
    const result = await evaluateMetric(ciderMetric, createMetricInput(examples, options));
    expect(plain(result)).toEqual(plain(cider(["a dog"], [["a dog runs"]], options)));
    expect(result.signature).toContain("|df:three|documents:3|");
    expect(result.scores.CIDEr).toBeGreaterThan(0);
  });
});

test("what metrics share is made once", async () => {
  let made = 0;
  const make = () => ++made;
  const define = (name: string) =>
    defineMeanMetric({
      name,
      score: name,
      needs: [],
      prepare: (input) => input.share(make),
      scoreExample: (_, prepared) => prepared,
    });
  const input = createMetricInput([{ id: "1", prediction: "", references: [] }]);
  expect(input.findShared(make)).toBeUndefined();
  const results = await evaluateMetrics([define("one"), define("two")], input);
  expect(results.map(({ scores }) => scores)).toEqual([{ one: 1 }, { two: 1 }]);
  expect(input.findShared(make)).toBe(1);
});

/** How much shorter than its reference a caption is, as one would define it in a plug-in: no number is a mean of others. */
const brevity = defineMetric({
  name: "brevity",
  title: "Brevity",
  scores: ["brevity"],
  columns: ["words", "referenceWords"],
  async prepare({ examples }) {
    return examples.map(({ references }) => references[0]!.split(" ").length);
  },
  statistics: ({ prediction }, lengths, place) => [prediction.split(" ").length, lengths[place]!],
  scoresFromSums: ([words, referenceWords]) => [words! / referenceWords!],
  corpusScores: ({ values }) => {
    const sum = (column: number) => values.filter((_, i) => i % 2 === column).reduce((total, x) => total + x, 0);
    return [Math.round((100 * sum(0)) / sum(1)) / 100];
  },
  exampleScores: ([words, referenceWords]) => [words! - referenceWords!],
  signature: () => ({ by: "words" }),
  details: ({ examples }) => ({ empty: examples.filter(({ prediction }) => prediction === "").length }),
});

describe("a metric defined elsewhere", () => {
  const texts = ["a b", "a", "a b c", "a b c d", "a"];
  const examples = texts.map((prediction, i) => ({
    id: `${i}`,
    prediction,
    references: ["a b c"],
    cluster: `${i % 4}`,
  }));
  const evaluate = (of: readonly MetricExample[]) => evaluateMetric(brevity, createMetricInput(of));

  test("is evaluated", async () => {
    const result = await evaluate(examples);
    expect(result.metric).toBe("Brevity");
    expect(result.scores).toEqual({ brevity: 0.73 });
    expect([...result.perExample.brevity]).toEqual([-1, -2, 0, 1, -2]);
    expect([...result.clusters!]).toEqual([0, 1, 2, 3, 0]);
    expect(result.signature).toBe(`Brevity|by:words|version:simvlm-${VERSION}`);
    expect(result.details).toEqual({ empty: 0 });
  });

  test("has scores of groups, rounded like the whole, and of groups of groups", async () => {
    const groups = groupExamples(["short", "short", "long", "long", undefined]);
    const [long, short] = selectGroups([await evaluate(examples)], groups);
    expect([long!.name, long!.examples, long!.results[0]!.scores]).toEqual(["long", 2, { brevity: 1.17 }]);
    expect([short!.name, short!.examples, short!.results[0]!.scores]).toEqual(["short", 2, { brevity: 0.5 }]);
    expect([...short!.results[0]!.perExample.brevity!]).toEqual([-1, -2]);
    const [one] = selectGroups(long!.results, [{ name: "one", rows: Int32Array.of(1) }]);
    expect(one!.results[0]!.scores).toEqual({ brevity: 1.33 });
  });

  test("is resampled", async () => {
    const result = await evaluate(examples);
    const longer = await evaluate(examples.map((example) => ({ ...example, prediction: `${example.prediction} x` })));
    const { score, low, high } = bootstrap(result).brevity;
    expect(score).toBe(0.73);
    expect(low).toBeLessThan(score);
    expect(high).toBeGreaterThan(score);
    const { difference, ...interval } = pairedBootstrap(longer, result).brevity;
    expect(difference).toBeCloseTo(1 / 3, 12);
    expect([interval.low, interval.high]).toEqual([expect.closeTo(1 / 3, 12), expect.closeTo(1 / 3, 12)]);
    expect(pairedPermutation(longer, result).brevity.pValue).toBeLessThan(0.2);
  });

  test("is refused what it lacks", async () => {
    await expect(evaluate([{ id: "x", prediction: "a", references: [] }])).rejects.toMatchObject({
      code: "metric-needs",
      message: expect.stringContaining("x"),
    });
    const needing = { ...brevity, needs: ["instances"] as const };
    await expect(evaluateMetrics([needing], createMetricInput(examples))).rejects.toThrow(/brevity needs instances/);
    const tables = { ...brevity, needs: ["tables"] as const };
    await expect(evaluateMetric(tables, createMetricInput(examples))).rejects.toThrow(/tables/);
  });

  test.each([
    ["a number too few", [1]],
    ["a number too many", [1, 2, 3]],
    ["what is not a number", [1, Number.NaN]],
  ])("with %s as statistics is a coded error that names metric and example", async (_, row) => {
    const bad = defineMetric({ ...brevity, statistics: ({ id }) => (id === "2" ? row : [1, 1]) });
    await expect(evaluateMetric(bad, createMetricInput(examples))).rejects.toMatchObject({
      code: "bad-metric",
      message: expect.stringMatching(/brevity.*example 2/),
    });
  });
});

test("a mean metric is the mean of its examples' scores", async () => {
  const lengths = defineMeanMetric({
    name: "length",
    score: "length",
    scoreExample: ({ prediction }) => prediction.length,
  });
  const texts = ["a", "abc", "", "ab"];
  const examples = texts.map((prediction, i) => ({ id: `${i}`, prediction, references: ["x"] }));
  const result = await evaluateMetric(lengths, createMetricInput(examples));
  const expected = meanResult("length", "length", Float64Array.of(1, 3, 0, 2), `length|version:simvlm-${VERSION}`);
  expect(plain(result)).toEqual(plain(expected));
  expect(result.scores).toEqual({ length: 1.5 });
  const none = await evaluateMetric(lengths, createMetricInput([]));
  expect(none.scores.length).toBeNaN();
  expect(none.perExample.length).toEqual(new Float64Array(0));
});
