import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { choose } from "../../../harness/engine/choose.js";
import { compile, NativeTensor } from "../../../harness/engine/index.js";

/** Stands for any length. */
const ANY = 99_991;

interface Inputs {
  readonly isMany: tf.Tensor;
  readonly few: tf.Tensor;
  readonly many: tf.Tensor;
  readonly kernel: tf.Tensor;
}

/** Two rows or many through one matrix; of many, each is doubled, and all are returned upside down in `turned`. */
function fewOrMany({ isMany, few, many, kernel }: Inputs) {
  const [x] = choose(
    isMany,
    () => [many],
    () => [few],
  );
  const product = tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D); // [rows, 2]
  const [changed, turned] = choose(
    isMany,
    () => {
      const doubled = tf.mul(product, 2);
      return [doubled, tf.reshape(tf.transpose(doubled), [1, 2, product.shape[0]!])];
    },
    () => [tf.add(tf.slice(product, [0, 0], [2, 2]), tf.sum(kernel)), tf.zeros([1, 2, 0])],
  );
  return { changed: changed!, turned: turned! };
}

const SIGNATURE = {
  isMany: { shape: [], dtype: "bool" },
  few: { shape: [2, 2] },
  many: { shape: [ANY, 2] },
  kernel: { shape: [2, 2] },
};
const FEW = NativeTensor.of(Float32Array.of(1, 2, 3, 4), [2, 2]);
const KERNEL = NativeTensor.of(Float32Array.of(1, 1, 0, 1), [2, 2]);
const flag = (value: number): NativeTensor => NativeTensor.of(Uint8Array.of(value), [], "bool");

test("only what is chosen is computed, and has the length it has", async () => {
  const compiled = await compile(fewOrMany, SIGNATURE, { anyLength: ANY });
  const given = { few: FEW, kernel: KERNEL };
  const none = NativeTensor.zeros([0, 2]);
  const few = await compiled.run({ ...given, isMany: flag(0), many: none });
  expect(few.changed.shape).toEqual([2, 2]);
  expect(Array.from(few.changed.data)).toEqual([1 + 3, 3 + 3, 3 + 3, 7 + 3]);
  expect(few.turned.shape).toEqual([1, 2, 0]);
  for (const rows of [1, 3]) {
    const many = NativeTensor.of(
      Float32Array.from({ length: rows * 2 }, (_, i) => i),
      [rows, 2],
    );
    const found = await compiled.run({ ...given, isMany: flag(1), many });
    expect(found.changed.shape).toEqual([rows, 2]);
    expect(found.turned.shape).toEqual([1, 2, rows]);
    const first = Array.from({ length: rows }, (_, row) => 2 * (2 * row));
    const second = Array.from({ length: rows }, (_, row) => 2 * (4 * row + 1));
    expect(Array.from(found.turned.data)).toEqual([...first, ...second]);
  }
  await compiled.dispose();
});

test("a part of the results is written where it is wanted, whatever its length", async () => {
  const compiled = await compile(fewOrMany, SIGNATURE, { anyLength: ANY });
  const changed = NativeTensor.zeros([3, 2]);
  const many = NativeTensor.of(Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]);
  const inputs = { isMany: flag(1), few: FEW, many, kernel: KERNEL };
  const part = await compiled.runPart(inputs, ["changed"], { into: { changed } });
  expect(part.changed).toBe(changed);
  expect(Array.from(changed.data)).toEqual([2, 2, 0, 2, 2, 4]);
  await expect(compiled.runPart(inputs, ["changed"], { into: { changed: many } })).rejects.toMatchObject({
    code: "argument",
  });
  await compiled.dispose();
});

test("alternatives of different shapes need a length that stands for any", async () => {
  const fixed = { ...SIGNATURE, many: { shape: [3, 2] } };
  await expect(compile(fewOrMany, fixed)).rejects.toThrow("alternatives of shapes [3,2] and [2,2]");
});

test("eager, it calls the function that is chosen", async () => {
  await tf.setBackend("cpu");
  const never = (): tf.Tensor[] => {
    throw new Error("called");
  };
  const one = () => [tf.scalar(1)];
  expect(choose(tf.scalar(1), one, never)[0]!.dataSync()[0]).toBe(1);
  expect(choose(tf.scalar(0), never, one)[0]!.dataSync()[0]).toBe(1);
});
