import "@tensorflow/tfjs-backend-cpu";
import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, NativeTensor, type Provider } from "../../../harness/engine/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const negate = (x: tf.Tensor) => tf.neg(x);

/** The error that a promise fails with, which must be one for the user. */
async function failure(promise: Promise<unknown>): Promise<SimvlmError> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SimvlmError);
  return error as SimvlmError;
}

const native = (numbers: number[]) => NativeTensor.of(Float32Array.from(numbers), [numbers.length]);

describe("a function that cannot be compiled", () => {
  it("an unmapped kernel is named, with the line that called it", async () => {
    const unmapped = (x: tf.Tensor) => tf.cumprod(x);
    const error = await failure(compile(unmapped, { shape: [3] }));
    expect(error.code).toBe("unmapped-kernel");
    expect(error.message).toContain('"Cumprod"');
    expect(error.message).toMatch(/errors\.test\.ts:\d+/);
    expect(tf.getBackend()).toBe("cpu");
  });

  it("reading numbers is refused, with the line that did it", async () => {
    const reading = (x: tf.Tensor) => tf.mul(x, x.dataSync()[0]!);
    const error = await failure(compile(reading, { shape: [3] }));
    expect(error.code).toBe("traced-read");
    expect(error.message).toMatch(/errors\.test\.ts:\d+/);
  });

  it("reading a constant is not", async () => {
    const reading = (x: tf.Tensor) => tf.mul(x, tf.fill([2], 3).dataSync()[1]! + tf.tensor1d([1, 2]).dataSync()[1]!);
    const compiled = await compile(reading, { shape: [1] });
    expect((await compiled.run(native([2]))).data[0]).toBe(10);
  });

  it("a promise is refused", async () => {
    const error = await failure(compile(async (x: tf.Tensor) => tf.neg(x), { shape: [3] }));
    expect(error.code).toBe("traced-promise");
  });

  it("a type that graphs do not hold is refused", async () => {
    const error = await failure(compile((x: tf.Tensor) => tf.complex(x, x), { shape: [3] }));
    expect(error.code).toBe("unmapped-kernel");
    const words = await failure(compile(() => tf.tensor1d(["a"]), { shape: [3] }));
    expect(words.code).toBe("unmapped-type");
  });

  it("what the function throws is thrown on", async () => {
    await expect(compile((x: tf.Tensor) => tf.matMul(x, x), { shape: [2, 3] })).rejects.toThrow(/inner sizes/);
    await expect(compile((x: tf.Tensor) => tf.reshape(x, [4]), { shape: [2, 3] })).rejects.toThrow(
      /must match the product/,
    );
    await expect(compile((x: tf.Tensor) => tf.slice(x, [1], [2]), { shape: [2] })).rejects.toThrow(/would overflow/);
    await expect(compile((x: tf.Tensor) => tf.add(x, tf.zeros([3])), { shape: [2] })).rejects.toThrow(/broadcast/);
  });

  it("a signature of fractions or of nothing known is refused", async () => {
    expect((await failure(compile(negate, { shape: [1.5] }))).code).toBe("signature");
    expect((await failure(compile(negate, { shape: [1], dtype: "complex64" }))).code).toBe("native-tensor");
    // @ts-expect-error: programs without types
    expect((await failure(compile(negate, 3))).code).toBe("tree");
  });

  it("two leaves may not have one path", async () => {
    const signature = { a: { b: { shape: [1] } }, "a/b": { shape: [1] } };
    const error = await failure(compile((x: { a: { b: tf.Tensor } }) => x.a.b, signature));
    expect(error.code).toBe("tree");
  });
});

describe("a compiled function run wrongly", () => {
  const sum = ({ a, b }: Record<"a" | "b", tf.Tensor>) => ({ sum: tf.add(a, b) });
  const signature = { a: { shape: [2] }, b: { shape: [2] } };

  it("names the argument that does not fit, is missing or is unknown", async () => {
    const compiled = await compile(sum, signature);
    const a = native([1, 2]);
    expect((await failure(compiled.run({ a, b: native([1]) }))).message).toMatch(
      /"b" is float32 \[1\].*float32 \[2\]/s,
    );
    const integers = NativeTensor.zeros([2], "int32");
    expect((await failure(compiled.run({ a, b: integers }))).message).toMatch(/"b" is int32 \[2\]/);
    // @ts-expect-error: programs without types
    expect((await failure(compiled.run({ a }))).message).toMatch(/"b" is missing/);
    const more = { a, b: a, c: a };
    expect((await failure(compiled.run(more))).message).toMatch(/"c" is not in the signature/);
  });

  it("names the target that does not fit or is no result", async () => {
    const compiled = await compile(sum, signature);
    const inputs = { a: native([1, 2]), b: native([1, 2]) };
    expect((await failure(compiled.run(inputs, { into: { sum: native([1]) } }))).message).toMatch(/into "sum"/);
    // @ts-expect-error: programs without types
    expect((await failure(compiled.run(inputs, { into: { other: native([1]) } }))).message).toMatch(/"other"/);
  });

  it("may not write over its arguments", async () => {
    const compiled = await compile(sum, signature);
    const a = native([1, 2]);
    const error = await failure(compiled.run({ a, b: native([1, 2]) }, { into: { sum: a } }));
    expect(error.message).toMatch(/"sum" would be written over an argument/);
  });

  it("is refused after dispose", async () => {
    const compiled = await compile(sum, signature);
    await compiled.dispose();
    expect((await failure(compiled.run({ a: native([1, 2]), b: native([1, 2]) }))).code).toBe("disposed");
  });

  it("an index that is out of range is an error, not a number", async () => {
    const compiled = await compile(({ x, i }: Record<"x" | "i", tf.Tensor>) => tf.gather(x, i as tf.Tensor1D), {
      x: { shape: [3] },
      i: { shape: [1], dtype: "int32" },
    });
    const i = NativeTensor.of(Int32Array.of(7), [1], "int32");
    await expect(compiled.run({ x: native([1, 2, 3]), i })).rejects.toThrow(/out of data bounds/);
  });
});

it("memory that does not fit its shape or type is refused", () => {
  expect(() => NativeTensor.of(new Float32Array(3), [2])).toThrow(SimvlmError);
  expect(() => NativeTensor.of(new Int32Array(2), [2])).toThrow(/float32 tensor of shape \[2\] takes a Float32Array/);
});

it("a provider that is not there is named with those that are", async () => {
  const asked = (process.platform === "win32" ? "coreml" : "dml") as Provider;
  const error = await failure(compile(negate, { shape: [1] }, { provider: asked }));
  expect(error.code).toBe("provider");
  expect(error.message).toContain(`"${asked}"`);
  expect(error.message).toMatch(/there are: cpu/);
});
