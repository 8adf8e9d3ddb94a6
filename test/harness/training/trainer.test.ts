import { afterAll, expect, test } from "vitest";
import { prefixObjective } from "../../../harness/models/simvlm/objectives.js";
import { createRandom } from "../../../harness/random.js";
import { type BatchPart, Trainer } from "../../../harness/training/trainer.js";
import { batchOf, lively, randomImage, randomText, tiny } from "../models/simvlm/tiny.js";

const random = createRandom(9);
const examples = Array.from({ length: 4 }, (_, i) => ({
  image: randomImage(random),
  prefix: randomText(random, 2),
  suffix: randomText(random, 2 + i),
}));

function part(from: number, to: number): BatchPart {
  const batch = batchOf(examples.slice(from, to));
  const weight = batch.targetWeights.data.reduce((sum, one) => sum + one, 0);
  return { batch, weight };
}

const trainers: Trainer[] = [];
function start(): Trainer {
  const trainer = new Trainer(prefixObjective(tiny), { weights: lively(tiny) });
  trainers.push(trainer);
  return trainer;
}
afterAll(async () => {
  for (const trainer of trainers) await trainer.dispose();
});

function distance(a: Trainer, b: Trainer): number {
  const [left, right] = [a.arrays().weights, b.arrays().weights];
  return Math.max(
    ...Object.entries(left).flatMap(([name, { data }]) =>
      Array.from(data, (x, i) => Math.abs(x - right[name]!.data[i]!)),
    ),
  );
}

test("a batch in parts of unequal weight is the batch at once, but for rounding", async () => {
  const [whole, parts] = [start(), start()];
  for (let step = 1; step <= 3; step++) {
    const once = await whole.step([part(0, 4)], step, 1e-3);
    const accumulated = await parts.step([part(0, 1), part(1, 2), part(2, 4)], step, 1e-3);
    expect(accumulated.loss).toBeCloseTo(once.loss, 5);
    expect(accumulated.gradientNorm).toBeCloseTo(once.gradientNorm, 4);
  }
  // AdamW's first steps follow the gradient's sign: where it is next to nothing, rounding may turn a weight
  expect(distance(whole, parts)).toBeLessThan(3e-3);
  const norms = await Promise.all([start().step([part(0, 4)], 1, 1e-3), start().step([part(0, 2)], 1, 1e-3)]);
  expect(norms[0].loss).not.toBeCloseTo(norms[1].loss, 3);
});

test("goes on from its own arrays to the same weights, bit for bit", async () => {
  const whole = start();
  for (let step = 1; step <= 4; step++) await whole.step([part(0, 4)], step, 1e-2);
  const begun = start();
  for (let step = 1; step <= 2; step++) await begun.step([part(0, 4)], step, 1e-2);
  const resumed = new Trainer(prefixObjective(tiny), begun.arrays());
  trainers.push(resumed);
  for (let step = 3; step <= 4; step++) await resumed.step([part(0, 4)], step, 1e-2);
  expect(distance(whole, resumed)).toBe(0);
});

test("a step whose loss is not finite leaves weights and moments as they are", async () => {
  const trainer = start();
  await trainer.step([part(0, 4)], 1, 1e-2);
  const before = trainer.arrays();
  const batch = batchOf(examples);
  const images = { ...batch.images!, data: batch.images!.data.map(() => Number.NaN) };
  const broken: BatchPart = { batch: { ...batch, images }, weight: 1 };
  for (const parts of [[broken], [part(0, 2), broken]]) {
    expect((await trainer.step(parts, 2, 1e-2)).loss).toBeNaN();
    expect(trainer.arrays()).toEqual(before);
  }
  await trainer.step([part(0, 4)], 2, 1e-2);
  expect(trainer.arrays()).not.toEqual(before);
});
