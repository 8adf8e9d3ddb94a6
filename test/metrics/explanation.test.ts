import {
  anlsMetrics,
  bleuMetric,
  ciderMetric,
  createMetricInput,
  documentFrequencies,
  type ExplanationPart,
  evaluateMetric,
  explainCider,
  type MetricDefinition,
  type MetricExample,
  multipleChoiceMetrics,
  popeMetrics,
  rougeMetric,
  vqaAccuracyMetric,
} from "@simvlm/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryImages, SEEDED } from "./generators.js";

type PartOf<Kind extends ExplanationPart["kind"]> = Extract<ExplanationPart, { kind: Kind }>;

async function explain<Name extends string, Prepared>(
  metric: MetricDefinition<Name, Prepared>,
  examples: readonly Omit<MetricExample, "id">[],
) {
  const given = examples.map((example, i) => ({ id: `${i}`, ...example }));
  const { explain } = await evaluateMetric(metric, createMetricInput(given));
  return <Kind extends ExplanationPart["kind"]>(place: number, kind: Kind) =>
    explain!(place).parts.filter((part): part is PartOf<Kind> => part.kind === kind);
}

const THREE = [
  { prediction: "A black dog runs on grass.", references: ["a black dog runs", "the dog is on the grass"] },
  { prediction: "a cat", references: ["a red bus on a street"] },
  { prediction: "", references: ["a horse"] },
];

test("CIDEr: the n-grams that add most stand first, with what explainCider gives; the weightiest of no reference follow", async () => {
  const partsOf = await explain(ciderMetric, THREE);
  const documentFrequency = documentFrequencies(THREE.map(({ references }) => references));
  const { rows } = explainCider(THREE[0]!.prediction, THREE[0]!.references, { documentFrequency });
  const best = [...rows].sort((a, b) => b.contribution - a.contribution)[0]!;
  const [adds, costs] = partsOf(0, "terms");
  expect(adds!.rows[0]).toEqual([best.ngram, Number(best.contribution.toFixed(4)), best.references, best.documents]);
  expect(adds!.columns).toContain(adds!.bars);
  const known = new Map(rows.map((row) => [row.ngram, row.contribution]));
  for (const [ngram] of adds!.rows) expect(known.get(String(ngram))).toBeGreaterThan(0);
  for (const [ngram] of costs!.rows) expect(known.get(String(ngram))).toBe(0);
  expect(costs!.rows.map(([ngram]) => ngram)).toContain("runs on");
  expect(partsOf(2, "terms").map((part) => part.rows)).toEqual([[]]);
});

test("BLEU: matches and n-grams by their length, and which are found", async () => {
  const partsOf = await explain(bleuMetric, THREE);
  expect(partsOf(0, "terms")[0]!.rows.slice(0, 2)).toEqual([
    [1, 6, 6, "a · black · dog · runs · on · grass", ""],
    [2, 3, 5, "a black · black dog · dog runs", "runs on · on grass"],
  ]);
  expect(partsOf(1, "note")[0]!.text).toContain("marked down for being shorter");
});

test("ROUGE-L: the words linked are the same, and in order in both texts", async () => {
  const partsOf = await explain(rougeMetric, THREE);
  const [{ prediction, reference, links }] = partsOf(0, "alignment") as [PartOf<"alignment">];
  expect(links.map((link) => prediction[link.prediction.start])).toEqual(["a", "black", "dog", "runs"]);
  expect(reference).toEqual(["a", "black", "dog", "runs"]);
  await fc.assert(
    fc.asyncProperty(arbitraryImages(), async (images) => {
      const examples = images.map(({ hypothesis, references }) => ({ prediction: hypothesis, references }));
      const parts = await explain(rougeMetric, examples);
      for (const place of examples.keys()) {
        const [drawn] = parts(place, "alignment") as [PartOf<"alignment">];
        for (const [k, link] of drawn.links.entries()) {
          const before = drawn.links[k - 1];
          expect(drawn.prediction[link.prediction.start]).toBe(drawn.reference[link.reference.start]);
          if (before === undefined) continue;
          expect(link.prediction.start).toBeGreaterThan(before.prediction.start);
          expect(link.reference.start).toBeGreaterThan(before.reference.start);
        }
      }
    }),
    { ...SEEDED, numRuns: 50 },
  );
});

test("VQA: how many people gave each answer, as answers are compared", async () => {
  const answers = ["two", "2", "2", "three"].map((answer, i) => ({ answer, answer_id: i + 1 }));
  const partsOf = await explain(vqaAccuracyMetric, [
    { prediction: "Two", references: answers.map(({ answer }) => answer), answers },
  ]);
  expect(partsOf(0, "terms")[0]!.rows).toEqual([
    ["2", 3, "said"],
    ["3", 1, ""],
  ]);
  expect(partsOf(0, "note")[0]!.text).toContain('Compared as "2": 3 of 4');
});

test("ANLS, POPE, multiple choice: the nearest answer, and what was read", async () => {
  const near = await explain(anlsMetrics[0]!, [
    { prediction: "Invoise", references: ["receipt", "invoice"] },
    { prediction: "x", references: ["receipt"] },
  ]);
  expect(near(0, "terms")[0]!.rows[0]).toEqual(["invoice", 1, 0.8571]);
  expect(near(1, "note")[0]!.text).toContain("another answer");
  const pope = await explain(popeMetrics[0]!, [{ prediction: "There is not.", references: ["yes"] }]);
  expect(pope(0, "note")[0]!.text).toBe('Read as "no"; right is "yes".');
  const choice = await explain(multipleChoiceMetrics[0]!, [
    { prediction: "(b)", references: ["A"], choices: ["open", "closed"] },
  ]);
  expect(choice(0, "terms")[0]!.rows).toEqual([
    ["A", "open", "", "right"],
    ["B", "closed", "read", ""],
  ]);
});
