import { bootstrap, choicePairsMetric, createMetricInput, evaluateMetric } from "@simvlm/metrics";
import { expect, test } from "vitest";

const score = async (ids: readonly string[], right: readonly boolean[]) => {
  const examples = ids.map((id, i) => ({
    id,
    prediction: right[i] ? "(a)" : "(b)",
    references: ["A"],
    choices: ["Open", "Closed"],
  }));
  return evaluateMetric(choicePairsMetric, createMetricInput(examples));
};

test("a pair counts where both of its questions are right", async () => {
  const { scores, perExample } = await score(["1", "2", "3", "4", "5", "6"], [true, true, true, false, false, false]);
  expect(scores.pair_accuracy).toBe(1 / 3);
  expect([...perExample.pair_accuracy!]).toEqual([1, 1, 0, 0, 0, 0]);
});

test("pairs go by the questions' numbers, whatever their order, from 0 or 1; by places where there are none", async () => {
  expect((await score(["3", "1", "4", "2"], [true, false, true, true])).scores.pair_accuracy).toBe(1 / 2);
  expect((await score(["0", "1", "2", "3"], [true, true, false, true])).scores.pair_accuracy).toBe(1 / 2);
  expect((await score(["a", "b", "c", "d"], [true, true, false, true])).scores.pair_accuracy).toBe(1 / 2);
});

test("the questions of a pair are resampled together", async () => {
  const right = await score(["3", "1", "4", "2"], [true, true, true, true]);
  expect(bootstrap(right).pair_accuracy).toMatchObject({ low: 1, high: 1, standardError: 0 });
});

test("clusters that are not one number for each example are refused", async () => {
  const metric = { ...choicePairsMetric, clusters: () => new Int32Array(1) };
  const input = createMetricInput(
    ["1", "2"].map((id) => ({ id, prediction: "a", references: ["A"], choices: ["x", "y"] })),
  );
  await expect(evaluateMetric(metric, input)).rejects.toThrow("a number for each of 2 examples");
});
