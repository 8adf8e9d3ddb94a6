import { expect, test } from "vitest";
import { besidePaper } from "../../../harness/study/beside-ablations.js";
import type { StudyDifference } from "../../../harness/study/measure-study.js";
import { StudyRecipeSchema } from "../../../harness/study/study-recipe.js";

const recipe = StudyRecipeSchema.parse({
  ...{ format: 1, title: "x", pairs: "web", pretraining: { steps: 1 }, seeds: [1] },
  tests: [{ name: "one", task: "caption", data: "x" }],
  variants: [{ name: "base" }, { name: "lm", paper: "decoder-only with plain LM" }, { name: "ours" }],
});

const row = (low: number, high: number, changes: Partial<StudyDifference> = {}): StudyDifference => ({
  ...{ variant: "lm", test: "one", score: "CIDEr", subset: "all", difference: (low + high) / 2, low, high },
  ...{ standardError: 1, pValue: 0.5, corrected: 0.5, ...changes },
});
const place = (...rows: readonly StudyDifference[]) => besidePaper(recipe, { one: "CIDEr" }, rows);

test("the paper's difference is its row's to the full model; ours agrees, contradicts or cannot be told apart", () => {
  expect(place(row(-2, -1))).toEqual([
    {
      ...{ variant: "lm", test: "one", row: "decoder-only with plain LM", published: 64.48 },
      publishedDifference: 64.48 - 67.43,
      agreement: "agrees",
    },
  ]);
  expect(place(row(1, 2))[0]!.agreement).toBe("contradicts");
  for (const [low, high] of [
    [-1, 1],
    [0, 1],
    [-1, 0],
  ] as const) {
    expect(place(row(low, high))[0]!.agreement).toBe("undecided");
  }
});

test("only the main score on all examples of a variant that the paper has stands there", () => {
  const others = [row(1, 2, { variant: "ours" }), row(1, 2, { score: "Bleu_1" }), row(1, 2, { subset: "in-domain" })];
  expect(place(...others)).toEqual([]);
});
