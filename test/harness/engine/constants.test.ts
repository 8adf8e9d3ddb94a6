import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toBfloat16, toFloat16 } from "../../../harness/engine/float16.js";
import { type ConstantSource, compile, NativeTensor } from "../../../harness/engine/index.js";

const KERNEL = [1, 2, 3, 4, 5, 6];
const BIAS = [0.5, -0.25];
const SHAPES = { kernel: { shape: [2, 3] }, bias: { shape: [2] } };

interface Inputs {
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  readonly x: tf.Tensor;
}

const product = () => ({
  layer: ({ weights: { kernel, bias }, x }: Inputs) => ({
    sum: tf.fused.matMul({ a: x as tf.Tensor2D, b: kernel as tf.Tensor2D, transposeB: true, bias: bias! }),
    double: { kernel: tf.mul(kernel!, 2) },
  }),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "simvlm-constants-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with the kernel behind some other bytes. */
function store(name: string, bytes: Uint8Array, stored: "float32" | "float16" | "bfloat16"): ConstantSource {
  const location = join(folder, name);
  writeFileSync(location, Buffer.concat([Buffer.alloc(64), bytes]));
  return { location, offset: 64, length: bytes.length, stored };
}

const bytesOf = (numbers: Float32Array | Uint16Array): Uint8Array => new Uint8Array(numbers.buffer);

describe("arguments that are constants", () => {
  it.each([
    ["float32", () => bytesOf(Float32Array.from(KERNEL))],
    ["float16", () => bytesOf(Uint16Array.from(KERNEL, toFloat16))],
    ["bfloat16", () => bytesOf(Uint16Array.from(KERNEL, toBfloat16))],
  ] as const)("are read from a file of %s", async (stored, bytes) => {
    const constants = {
      "weights/kernel": store(`${stored}.bin`, bytes(), stored),
      "weights/bias": Float32Array.from(BIAS),
    };
    const { layer } = product();
    const compiled = await compile(layer, { weights: SHAPES, x: { shape: [1, 3] } }, { constants });
    const { sum, double } = await compiled.run({ weights: {}, x: NativeTensor.of(Float32Array.of(1, 1, 1), [1, 3]) });
    expect(Array.from(sum.data)).toEqual([6.5, 14.75]);
    expect(Array.from(double.kernel.data)).toEqual([2, 4, 6, 8, 10, 12]);
    await compiled.dispose();
  });

  it("that nothing reads are not written", async () => {
    const { layer } = product();
    const onlyBias = (inputs: Inputs) => tf.add(layer(inputs).double.kernel, 0);
    const constants = {
      "weights/kernel": Float32Array.from(KERNEL),
      "weights/bias": store("none.bin", new Uint8Array(8), "float32"),
    };
    rmSync(join(folder, "none.bin"));
    const compiled = await compile(onlyBias, { weights: SHAPES, x: { shape: [1, 3] } }, { constants });
    const result = await compiled.run({ weights: {}, x: NativeTensor.zeros([1, 3]) });
    expect(Array.from((result as NativeTensor).data)).toEqual([2, 4, 6, 8, 10, 12]);
    await compiled.dispose();
  });
});

describe("a part of the results", () => {
  it("is all that is returned", async () => {
    const { layer } = product();
    const compiled = await compile(layer, { weights: SHAPES, x: { shape: [1, 3] } });
    const inputs = {
      weights: {
        kernel: NativeTensor.of(Float32Array.from(KERNEL), [2, 3]),
        bias: NativeTensor.of(Float32Array.from(BIAS), [2]),
      },
      x: NativeTensor.of(Float32Array.of(1, 0, 0), [1, 3]),
    };
    const part = await compiled.runPart(inputs, ["double"]);
    expect(Object.keys(part)).toEqual(["double"]);
    expect(Array.from(part.double!.kernel!.data)).toEqual([2, 4, 6, 8, 10, 12]);
    const sum = await compiled.runPart(inputs, ["sum"]);
    expect(Array.from(sum.sum!.data)).toEqual([1.5, 3.75]);
    await compiled.dispose();
    await expect(compiled.runPart(inputs, ["sum"])).rejects.toMatchObject({ code: "disposed" });
  });
});
