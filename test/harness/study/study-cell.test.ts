import { expect, test } from "vitest";
import { listCells, nameCell } from "../../../harness/study/study-cell.js";
import { StudyRecipeSchema } from "../../../harness/study/study-recipe.js";
import { pretrainingOf } from "../../../harness/study/train-cell.js";

const recipe = StudyRecipeSchema.parse({
  ...{ format: 1, title: "x", pairs: "web", pretraining: { steps: 9, pairs: 12 }, seeds: [1, 5] },
  tests: [{ name: "one", task: "caption", data: "x" }],
  variants: [
    { name: "a" },
    { name: "b", pretraining: { objective: "lm", pairs: 3 } },
    { name: "c", pretraining: false },
  ],
});

test("cells begin with the base, and go through all others before the next seed; shards are disjoint and together all", () => {
  expect(listCells(recipe).map(nameCell)).toEqual([
    "a/seed-1",
    "a/seed-5",
    "b/seed-1",
    "c/seed-1",
    "b/seed-5",
    "c/seed-5",
  ]);
  const shards = [1, 2, 3, 4].map((index) => listCells(recipe, { index, of: 4 }).map(nameCell));
  expect(shards).toEqual([["a/seed-1", "b/seed-5"], ["a/seed-5", "c/seed-5"], ["b/seed-1"], ["c/seed-1"]]);
});

test("a variant's pretraining is the base's but for what it says, with the cell's seed", () => {
  const [base, , variant] = listCells(recipe);
  expect(pretrainingOf(base!, recipe)).toMatchObject({ steps: 9, pairs: 12, seed: 1, documents: 4 });
  expect(pretrainingOf(base!, recipe)).not.toHaveProperty("objective");
  expect(pretrainingOf(variant!, recipe)).toMatchObject({ steps: 9, pairs: 3, objective: "lm" });
});
