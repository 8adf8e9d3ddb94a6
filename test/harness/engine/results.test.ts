import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { compile, NativeTensor } from "../../../harness/engine/index.js";
import { canStopCopying } from "../../../harness/engine/stop-copying.js";

const numbers = (...values: number[]) => NativeTensor.of(Float32Array.from(values), [values.length]);

/** Each number depends on the same place of the arguments. */
const decay = ({ a, rate }: { a: tf.Tensor; rate: tf.Tensor }) => ({
  a: tf.sub(a, tf.mul(a, rate)),
  twice: tf.add(a, a),
});
const rate = NativeTensor.of(Float32Array.of(0.5), []);

describe("results", () => {
  test("are not copied: the binding gives up before it would", async () => {
    expect(await canStopCopying()).toBe(true);
  });

  test("go over arguments where the caller says that they may", async () => {
    const a = numbers(2, 4, 6);
    const compiled = await compile(decay, { a, rate });
    await expect(compiled.run({ a, rate }, { into: { a } })).rejects.toThrow(/written over an argument/);
    const { a: after, twice } = await compiled.run({ a, rate }, { into: { a }, overArguments: true });
    expect(after).toBe(a);
    expect([Array.from(a.data), Array.from(twice.data)]).toEqual([
      [1, 2, 3],
      [4, 8, 12],
    ]);
  });

  test("of an earlier run stay as they were", async () => {
    const compiled = await compile(decay, { a: numbers(0), rate });
    const first = await compiled.run({ a: numbers(2), rate });
    const second = await compiled.run({ a: numbers(4), rate });
    expect([first.a.data[0], second.a.data[0]]).toEqual([1, 2]);
  });

  test("of every type come without a place of their own, scalars and empty ones too", async () => {
    const compiled = await compile(
      ({ x }: { x: tf.Tensor }) => ({
        whole: tf.cast(x, "int32"),
        is: tf.greater(x, 1),
        sum: tf.sum(x),
        none: tf.slice(x, [0], [0]),
        same: x,
      }),
      { x: numbers(1, 2) },
    );
    const x = numbers(1, 2.5);
    const { whole, is, sum, none, same } = await compiled.run({ x });
    expect(whole.data).toEqual(Int32Array.of(1, 2));
    expect(is.data).toEqual(Uint8Array.of(0, 1));
    expect([sum.shape, sum.data]).toEqual([[], Float32Array.of(3.5)]);
    expect([none.shape, none.data]).toEqual([[0], new Float32Array(0)]);
    expect(same.data).toEqual(x.data);
  });

  test("that cannot be computed are ONNX Runtime's error", async () => {
    const rows = numbers(1, 2, 3);
    const index = (place: number) => NativeTensor.of(Int32Array.of(place), [1], "int32");
    const compiled = await compile(({ x, i }: { x: tf.Tensor; i: tf.Tensor }) => tf.gather(x, i as tf.Tensor1D), {
      x: rows,
      i: index(0),
    });
    await expect(compiled.run({ x: rows, i: index(7) })).rejects.toThrow(/out of/);
    expect((await compiled.run({ x: rows, i: index(2) })).data[0]).toBe(3);
  });
});
