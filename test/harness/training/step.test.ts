import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { toArrays, toTensors } from "../../../harness/layers/weights.js";
import { lossAndGradients } from "../../../harness/models/simvlm/loss.js";
import { prefixObjective } from "../../../harness/models/simvlm/objectives.js";
import { createRandom } from "../../../harness/random.js";
import { globalNorm } from "../../../harness/training/adamw.js";
import type { TrainingStepOptions } from "../../../harness/training/step.js";
import { type StepOutcome, Trainer } from "../../../harness/training/trainer.js";
import { batchOf, lively, randomImage, randomText, tiny } from "../models/simvlm/tiny.js";

function batch() {
  const random = createRandom(4);
  return batchOf([
    { image: randomImage(random), prefix: randomText(random, 4), suffix: randomText(random, 5) },
    { image: randomImage(random), prefix: [], suffix: randomText(random, 3) },
    { prefix: randomText(random, 2), suffix: randomText(random, 5) },
  ]);
}

/** Trains for some steps on one batch; the losses and norms on the way and the state at the end. */
async function train(steps: number, learningRate: number, options: TrainingStepOptions = {}) {
  const trainer = new Trainer(prefixObjective(tiny), { weights: lively(tiny) }, options);
  const history: StepOutcome[] = [];
  for (let step = 1; step <= steps; step++) {
    history.push(await trainer.step([{ batch: batch(), weight: 1 }], step, learningRate));
  }
  await trainer.dispose();
  return { state: trainer.arrays(), history };
}

/** AdamW as its paper has it, number by number in double precision, on eager gradients. */
async function reference(steps: number, learningRate: number, clipNorm: number) {
  await tf.setBackend("cpu");
  const weights = lively(tiny);
  const [beta1, beta2, decay] = [0.9, 0.999, 0.01];
  const state = Object.entries(weights).map(([name, { shape, data }]) => {
    return {
      name,
      shape,
      value: Float64Array.from(data),
      first: new Float64Array(data.length),
      second: new Float64Array(data.length),
    };
  });
  const norms: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const current = Object.fromEntries(
      state.map(({ name, shape, value }) => [name, { shape, data: Float32Array.from(value) }]),
    );
    const gradients = await toArrays(lossAndGradients(toTensors(current), toTensors(batch()), tiny).gradients);
    let squares = 0;
    for (const { data } of Object.values(gradients)) for (const g of data) squares += g * g;
    norms.push(Math.sqrt(squares));
    const scale = Math.min(1, clipNorm / Math.sqrt(squares));
    for (const { name, shape, value, first, second } of state) {
      gradients[name]!.data.forEach((raw, i) => {
        const g = raw * scale;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        const mean = first[i]! / (1 - beta1 ** step);
        const deviation = Math.sqrt(second[i]! / (1 - beta2 ** step));
        if (shape.length > 1) value[i]! -= learningRate * decay * value[i]!;
        value[i]! -= (learningRate * mean) / (deviation + 1e-8);
      });
    }
  }
  return { state, norms };
}

test.each([
  ["clipped", 0.05],
  ["not clipped", 1e6],
])("three steps are those of AdamW computed eagerly, gradients %s", async (_, clipNorm) => {
  const learningRate = 1e-3;
  const { state, history } = await train(3, learningRate, { clipNorm });
  const expected = await reference(3, learningRate, clipNorm);
  history.forEach(({ gradientNorm: norm }, step) => {
    expect(norm / expected.norms[step]!).toBeCloseTo(1, 4);
  });
  let compared = 0;
  for (const { name, value, first } of expected.state) {
    const [weights, means] = [state.weights[name]!.data, state.moments.first[name]!.data];
    // Where gradients are rounding errors Adam blows them up to whole steps: those numbers cannot agree.
    const largest = Math.max(...first.map(Math.abs));
    value.forEach((number, i) => {
      if (Math.abs(first[i]!) < 1e-3 * largest || largest < 1e-7) return;
      compared++;
      expect(Math.abs(weights[i]! - number), `${name}[${i}]`).toBeLessThan(0.02 * learningRate);
      expect(Math.abs(means[i]! - first[i]!), `first moment of ${name}[${i}]`).toBeLessThan(1e-3 * largest);
    });
  }
  expect(compared).toBeGreaterThan(5000);
});

test("the loss of a batch falls below a tenth when trained on it", async () => {
  const { history } = await train(60, 1e-2);
  expect(history.at(-1)!.loss).toBeLessThan(0.1 * history[0]!.loss);
});

test("training twice gives the same bits", async () => {
  const [one, two] = [await train(5, 1e-2), await train(5, 1e-2)];
  expect(two.history).toEqual(one.history);
  for (const [name, { data }] of Object.entries(one.state.weights)) expect(two.state.weights[name]!.data).toEqual(data);
});

test("decay is for matrices: without a gradient they shrink and vectors stay", async () => {
  const { state } = await train(1, 0.1, { clipNorm: 0, weightDecay: 0.5 });
  const before = lively(tiny);
  const kernel = "encoder.0.mlp.input.kernel";
  const bias = "encoder.0.mlp.input.bias";
  expect(state.weights[kernel]!.data[3]).toBeCloseTo(before[kernel]!.data[3]! * 0.95, 6);
  expect(state.weights[bias]!.data).toEqual(before[bias]!.data);
});

test("the norm of all gradients is added up as they were computed, whatever their names", async () => {
  await tf.setBackend("cpu");
  const [large, small, smaller] = [tf.tensor1d([4096]), tf.tensor1d([1.1]), tf.tensor1d([0.9])];
  const norm = globalNorm({ large, small, smaller }).dataSync()[0]!;
  expect(globalNorm({ smaller, large, small }).dataSync()[0]).toBe(norm);
  expect(norm).toBeCloseTo(Math.hypot(4096, 1.1, 0.9), 3);
});
