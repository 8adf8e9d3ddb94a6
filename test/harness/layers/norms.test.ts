import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import "../../../harness/engine/gradients/gradient-registry.js";
import { compile } from "../../../harness/engine/index.js";
import { groupNorm, layerNorm, normalise, normaliseAtOnce } from "../../../harness/layers/norms.js";
import { createRandom } from "../../../harness/random.js";

const random = createRandom(40);
const normal = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 + random.normal()),
    shape,
  );

test("layer norm and group norm, number by number", async () => {
  await tf.setBackend("cpu");
  const [scale, bias] = [normal([6]), normal([6])];
  const lookup = (name: string) => (name.endsWith("scale") ? scale : bias);
  const [factor, shift] = [scale.arraySync() as number[], bias.arraySync() as number[]];
  const statistics = (numbers: number[]) => {
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    return { mean, deviation: Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length) };
  };

  const rows = normal([4, 6]);
  const layer = layerNorm(rows, lookup, "").arraySync() as number[][];
  (rows.arraySync() as number[][]).forEach((row, y) => {
    const { mean, deviation } = statistics(row);
    row.forEach((x, c) => {
      expect(layer[y]![c]).toBeCloseTo(((x - mean) / deviation) * factor[c]! + shift[c]!, 4);
    });
  });

  const images = normal([2, 3, 4, 6]);
  const group = groupNorm(images, lookup, "", 3).arraySync() as number[][][][];
  (images.arraySync() as number[][][][]).forEach((image, example) => {
    for (let first = 0; first < 6; first += 2) {
      const { mean, deviation } = statistics(image.flat().flatMap((pixel) => pixel.slice(first, first + 2)));
      image.forEach((line, y) => {
        line.forEach((pixel, x) => {
          for (const c of [first, first + 1]) {
            expect(group[example]![y]![x]![c]).toBeCloseTo(
              ((pixel[c]! - mean) / deviation) * factor[c]! + shift[c]!,
              4,
            );
          }
        });
      });
    }
  });
});

test("a family's epsilon stands beside the variance", async () => {
  await tf.setBackend("cpu");
  const lookup = (name: string) => (name.endsWith("scale") ? tf.ones([2]) : tf.zeros([2]));
  // Mean 2, variance 1: with 3 added the deviation is 2.
  const x = tf.tensor2d([[1, 3]]);
  expect([...layerNorm(x, lookup, "", 3).dataSync()]).toEqual([-0.5, 0.5]);
  // Where the deviation hardly depends on the input, the gradient of a difference is its own, halved and centred.
  const slope = tf.grad((input) => tf.sum(tf.mul(layerNorm(input, lookup, "", 1e12), tf.tensor2d([[1e6, 0]]))))(x);
  expect(slope.dataSync()[0]).toBeCloseTo(0.5, 5);
});

test("at once, compiled or eager, with its gradient, it is what its parts are", async () => {
  await tf.setBackend("cpu");
  const [x, scale, bias, weights] = [normal([5, 6]), normal([6]), normal([6]), normal([5, 6])];
  const lossBy = (norm: typeof normalise) => (inputs: { x: tf.Tensor; scale: tf.Tensor; bias: tf.Tensor }) => {
    const loss = (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor) =>
      tf.sum(tf.mul(norm(x, scale, bias, 1e-5), weights));
    const { value, grads } = tf.valueAndGrads(loss as (...tensors: tf.Tensor[]) => tf.Scalar)([
      inputs.x,
      inputs.scale,
      inputs.bias,
    ]);
    return {
      output: norm(inputs.x, inputs.scale, inputs.bias, 1e-5),
      value,
      x: grads[0]!,
      scale: grads[1]!,
      bias: grads[2]!,
    };
  };
  const inputs = { x, scale, bias };
  const expected = lossBy(normalise)(inputs);
  const eager = lossBy(normaliseAtOnce)(inputs);
  const compiled = await compile(lossBy(normaliseAtOnce), inputs);
  expect(Buffer.from(compiled.toOnnx()).includes("LayerNormalization")).toBe(true);
  const found = await compiled.run(inputs);
  for (const name of ["output", "value", "x", "scale", "bias"] as const) {
    const numbers = [...expected[name].dataSync()];
    for (const given of [[...eager[name].dataSync()], [...found[name].data]]) {
      for (const [i, number] of given.entries()) expect(number).toBeCloseTo(numbers[i]!, 4);
    }
  }
  await compiled.dispose();
});
