import { expect, test } from "vitest";
import { costOf, sumUsage } from "../../../harness/tasks/usage.js";

test("tokens cost what a million of them do; those read before have a price of their own", () => {
  const price = { input: 2.5, output: 10 };
  expect(costOf({ input: 1000, output: 20 }, price)).toBe(0.0027);
  expect(costOf({ input: 1000, cachedInput: 400, output: 20 }, { ...price, cachedInput: 1.25 })).toBe(0.0022);
  expect(costOf({ input: 1000 }, price)).toBeUndefined();
});

test("what came from the cache is counted, and not summed", () => {
  const usages = [
    { input: 10, output: 2, reasoning: 1, seconds: 1, cost: 0.1 },
    { input: 20, output: 3, seconds: 2, cost: 0.2 },
    { input: 40, output: 5, seconds: 9, fromCache: true as const },
  ];
  expect(sumUsage(usages.map((usage) => ({ usage })))).toEqual({
    replies: 3,
    fromCache: 1,
    input: 30,
    output: 5,
    reasoning: 1,
    cost: 0.3,
    secondsPerReply: 1.5,
  });
  expect(sumUsage([{}, {}])).toBeUndefined();
});
