import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { blockwise } from "../../../harness/engine/blockwise.js";
import { compile, NativeTensor } from "../../../harness/engine/index.js";

const SHAPE = [600, 1024];
const PRIME = 524_309;

function numbers(shape: readonly number[], phase: number): NativeTensor {
  const tensor = NativeTensor.zeros(shape);
  tensor.data.forEach((_, i, data) => {
    data[i] = Math.sin(i * 0.37 + phase);
  });
  return tensor;
}

/** Reads a scalar argument, a scalar computed outside, a constant, and gives an input back as it is. */
function update({ a, b, rate }: { a: tf.Tensor; b: tf.Tensor; rate: tf.Tensor }) {
  const doubled = tf.mul(rate, 2);
  const [sum, kept] = blockwise(
    ([x, y]) => [tf.add(tf.mul(x!, doubled), tf.mul(tf.sub(y!, rate), 0.25)), tf.mul(y!, y!)],
    [a, b],
  );
  return { sum: sum!, kept: kept!, total: tf.sum(sum!) };
}

test.each([
  ["blocks", SHAPE, true],
  ["a size that no block divides", [PRIME], false],
  ["too small for blocks", [7, 5], false],
])("what is computed block by block is what is computed at once: %s", async (_, shape, inBlocks) => {
  const inputs = { a: numbers(shape, 0), b: numbers(shape, 1), rate: NativeTensor.of(Float32Array.of(0.5), []) };
  const compiled = await compile(update, inputs);
  expect(Buffer.from(compiled.toOnnx()).includes("Scan")).toBe(inBlocks);
  const first = await compiled.run(inputs);
  const into = { sum: NativeTensor.zeros(shape), kept: NativeTensor.zeros(shape) };
  const second = await compiled.run(inputs, { into });
  expect(second.sum).toBe(into.sum);
  let total = 0;
  for (const results of [first, second]) {
    expect(results.sum.shape).toEqual(shape);
    total = 0;
    results.sum.data.forEach((number, i) => {
      const [x, y] = [inputs.a.data[i]!, inputs.b.data[i]!];
      if (Math.abs(number - (x + (y - 0.5) * 0.25)) > 1e-6) throw new Error(`element ${i} is ${number}`);
      if (Math.abs(results.kept.data[i]! - y * y) > 1e-6) throw new Error(`element ${i} of the second result`);
      total += number;
    });
  }
  expect(Math.abs(first.total.data[0]! - total)).toBeLessThan(0.1);
});

test("eager, it is the function itself", async () => {
  await tf.setBackend("cpu");
  const [sum] = blockwise(([x, y]) => [tf.add(x!, y!)], [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])]);
  expect(Array.from(sum!.dataSync())).toEqual([4, 6]);
});

test("a result that is a reshaped tensor has the shape it was given", async () => {
  const x = numbers([6, 4], 0);
  const compiled = await compile((x: tf.Tensor) => ({ wide: tf.reshape(tf.exp(x), [2, 12]), same: tf.exp(x) }), x);
  const into = { wide: NativeTensor.zeros([2, 12]) };
  for (const { wide, same } of [await compiled.run(x), await compiled.run(x, { into })]) {
    expect(wide.shape).toEqual([2, 12]);
    expect(same.shape).toEqual([6, 4]);
    expect(Array.from(wide.data)).toEqual(Array.from(same.data));
    expect(wide.data[5]).toBeCloseTo(Math.exp(x.data[5]!), 6);
  }
});
