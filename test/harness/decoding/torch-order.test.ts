import { expect, test } from "vitest";
import { topK } from "../../../harness/decoding/torch-order.js";
import { float32LogProbability, float32Softmax } from "../../../harness/decoding/torch-softmax.js";
import { createRandom } from "../../../harness/random.js";

test("the largest come first; which of equal ones come, and when, is a matter of their places", () => {
  const random = createRandom(4);
  let unstable = 0;
  for (let round = 0; round < 200; round++) {
    const size = 2 + Math.floor(60 * random.next());
    const numbers = Array.from({ length: size }, () => Math.floor(12 * random.next()));
    const count = 1 + Math.floor(size * random.next());
    const found = topK(numbers, count);
    const sorted = numbers.toSorted((a, b) => b - a).slice(0, count);
    expect(found.map((index) => numbers[index])).toEqual(sorted);
    expect(new Set(found).size).toBe(count);
    if (found.some((index, at) => numbers[index] === numbers[found[at + 1]!] && index > found[at + 1]!)) unstable++;
  }
  expect(unstable).toBeGreaterThan(20);
});

test("without equal numbers it is a sort", () => {
  const random = createRandom(5);
  for (let size = 1; size < 90; size++) {
    const numbers = Array.from({ length: size }, () => random.next());
    const sorted = [...numbers.keys()].sort((a, b) => numbers[b]! - numbers[a]!);
    expect(topK(numbers, size)).toEqual(sorted);
  }
});

test("float32 log-probabilities are the true ones to the last bits", () => {
  const random = createRandom(6);
  for (const size of [3, 15, 16, 17, 200]) {
    const logits = Float32Array.from({ length: size }, () => 4 * random.normal());
    const softmax = float32Softmax(logits);
    const normaliser = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    for (const logit of logits) {
      const found = float32LogProbability(logit, softmax);
      expect(found).toBe(Math.fround(found));
      expect(Math.abs(found - (logit - normaliser))).toBeLessThan(2e-6);
    }
  }
  expect(float32Softmax(Float32Array.of(0, -Infinity, -200)).logSum).toBe(0);
});
