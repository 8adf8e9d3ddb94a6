import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { choose } from "../../../../harness/engine/choose.js";
import { toBfloat16, toFloat16 } from "../../../../harness/engine/float16.js";
import { type ConstantSource, compile, NativeTensor } from "../../../../harness/engine/index.js";
import { createRandom } from "../../../../harness/random.js";

const INPUT = 48;
const OUTPUT = 40;

function draw(size: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: size }, () => 2 * random.next() - 1);
}

const KERNEL = draw(INPUT * OUTPUT, 1);
const BIAS = draw(OUTPUT, 2);

interface Inputs {
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  readonly x: tf.Tensor;
}

/** The ways in which models multiply by a matrix. Functions are compiled once for each signature: new ones each time. */
const WAYS = {
  plain: () => ({
    shape: [INPUT, OUTPUT],
    fn: ({ weights: { kernel, bias }, x }: Inputs) => tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias!),
  }),
  transposed: () => ({
    shape: [OUTPUT, INPUT],
    fn: ({ weights: { kernel, bias }, x }: Inputs) =>
      tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D, false, true), bias!),
  }),
  biased: () => ({
    shape: [OUTPUT, INPUT],
    fn: ({ weights: { kernel, bias }, x }: Inputs) =>
      tf.fused.matMul({ a: x as tf.Tensor2D, b: kernel as tf.Tensor2D, transposeB: true, bias: bias! }),
  }),
  "a kernel that is transposed first": () => ({
    shape: [OUTPUT, INPUT],
    fn: ({ weights: { kernel, bias }, x }: Inputs) => tf.add(tf.matMul(x as tf.Tensor2D, tf.transpose(kernel!)), bias!),
  }),
  "sequences in a batch": () => ({
    shape: [INPUT, OUTPUT],
    fn: ({ weights: { kernel, bias }, x }: Inputs) => {
      const batch = tf.reshape(x, [2, -1, INPUT]); // [2, rows / 2, in]
      return tf.reshape(tf.add(tf.matMul(batch, tf.reshape(kernel!, [1, INPUT, OUTPUT])), bias!), [-1, OUTPUT]);
    },
  }),
} as const;

async function multiply(
  { fn, shape }: ReturnType<(typeof WAYS)[keyof typeof WAYS]>,
  x: NativeTensor,
  matrices: "float32" | "int8",
  kernel: ConstantSource = KERNEL,
): Promise<Float32Array> {
  const signature = { weights: { kernel: { shape }, bias: { shape: [OUTPUT] } }, x };
  const constants = { "weights/kernel": kernel, "weights/bias": BIAS };
  const compiled = await compile(fn, signature, { constants, matrices });
  const { data } = (await compiled.run({ weights: {}, x })) as NativeTensor;
  const result = Float32Array.from(data as Float32Array);
  await compiled.dispose();
  return result;
}

function differenceOf(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, number, i) => Math.max(most, Math.abs(number - b[i]!)), 0);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "simvlm-int8-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("products in eight bits", () => {
  test.each(Object.entries(WAYS))("%s: each number within the bound of its roundings", async (_, way) => {
    const rows = 6;
    const x = draw(rows * INPUT, 3);
    const exact = await multiply(way(), NativeTensor.of(x, [rows, INPUT]), "float32");
    const found = await multiply(way(), NativeTensor.of(x, [rows, INPUT]), "int8");
    // Each factor is at most 1 and off by half of a 127th at most.
    const bound = INPUT * (2 * (0.5 / 127) + (0.5 / 127) ** 2);
    const difference = differenceOf(exact, found);
    expect(difference).toBeGreaterThan(1e-4);
    expect(difference).toBeLessThan(bound);
  });

  it("of a row do not depend on the other rows, to the bit", async () => {
    const rows = 8;
    const x = draw(rows * INPUT, 4).map((number, i) => number * 10 ** Math.floor(i / INPUT));
    const together = await multiply(WAYS.biased(), NativeTensor.of(x, [rows, INPUT]), "int8");
    for (let row = 0; row < rows; row++) {
      const own = NativeTensor.of(x.slice(row * INPUT, (row + 1) * INPUT), [1, INPUT]);
      const alone = await multiply(WAYS.biased(), own, "int8");
      expect(Array.from(alone)).toEqual(Array.from(together.subarray(row * OUTPUT, (row + 1) * OUTPUT)));
    }
  });

  it("of a row of zeros are the bias", async () => {
    const found = await multiply(WAYS.biased(), NativeTensor.zeros([1, INPUT]), "int8");
    expect(Array.from(found)).toEqual(Array.from(BIAS));
  });

  test.each([
    ["float32", (numbers: Float32Array) => numbers],
    ["float16", (numbers: Float32Array) => Uint16Array.from(numbers, toFloat16)],
    ["bfloat16", (numbers: Float32Array) => Uint16Array.from(numbers, toBfloat16)],
  ] as const)("read a matrix from a file of %s, and leave nothing on the disk", async (stored, pack) => {
    const location = join(folder, `${stored}.bin`);
    const bytes = new Uint8Array(pack(KERNEL).buffer);
    writeFileSync(location, Buffer.concat([Buffer.alloc(64), bytes]));
    const x = NativeTensor.of(draw(INPUT, 5), [1, INPUT]);
    const source = { location, offset: 64, length: bytes.length, stored };
    const exact = await multiply(WAYS.biased(), x, "float32", source);
    const found = await multiply(WAYS.biased(), x, "int8", source);
    expect(differenceOf(exact, found)).toBeLessThan(0.2);
    expect(differenceOf(exact, found)).toBeGreaterThan(1e-4);
    const own = new RegExp(`^simvlm-weights-${process.pid}-`);
    expect(readdirSync(tmpdir()).filter((name) => own.test(name))).toEqual([]);
  });

  it("hold for any length, in both branches of a choice", async () => {
    const any = 99_991;
    const fn = ({ weights, x, isMany }: Inputs & { readonly isMany: tf.Tensor }) => {
      const product = tf.matMul(x as tf.Tensor2D, weights.kernel as tf.Tensor2D); // [any, out]
      const again = (factor: number) => [tf.mul(tf.matMul(x as tf.Tensor2D, weights.kernel as tf.Tensor2D), factor)];
      const [chosen] = choose(
        isMany,
        () => again(2),
        () => again(3),
      );
      return tf.add(tf.sub(chosen!, product), weights.bias!);
    };
    const signature = {
      weights: { kernel: { shape: [INPUT, OUTPUT] }, bias: { shape: [OUTPUT] } },
      x: { shape: [any, INPUT] },
      isMany: { shape: [], dtype: "bool" },
    };
    const constants = { "weights/kernel": KERNEL, "weights/bias": new Float32Array(OUTPUT) };
    const compiled = await compile(fn, signature, { constants, matrices: "int8", anyLength: any });
    const plain = await multiply(WAYS.plain(), NativeTensor.of(draw(3 * INPUT, 6), [3, INPUT]), "int8");
    for (const [flag, factor] of [
      [1, 1],
      [0, 2],
    ] as const) {
      const isMany = NativeTensor.of(Uint8Array.of(flag), [], "bool");
      const x = NativeTensor.of(draw(3 * INPUT, 6), [3, INPUT]);
      const { data, shape } = (await compiled.run({ weights: {}, x, isMany })) as NativeTensor;
      expect(shape).toEqual([3, OUTPUT]);
      const expected = plain.map((number, i) => (number - BIAS[i % OUTPUT]!) * factor);
      expect(differenceOf(data as Float32Array, expected)).toBeLessThan(1e-4);
    }
    await compiled.dispose();
  });

  it("leave what is no constant, no right factor or too small as it is", async () => {
    const fn = ({ weights, x }: Inputs) => ({
      gathered: tf.gather(weights.kernel!, tf.tensor1d([1], "int32")),
      left: tf.matMul(weights.kernel as tf.Tensor2D, x as tf.Tensor2D),
      own: tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, true),
      small: tf.matMul(tf.reshape(weights.bias!, [1, OUTPUT]), tf.reshape(weights.bias!, [OUTPUT, 1])),
    });
    const x = NativeTensor.of(draw(OUTPUT, 7), [OUTPUT, 1]);
    const signature = { weights: { kernel: { shape: [INPUT, OUTPUT] }, bias: { shape: [OUTPUT] } }, x };
    const constants = { "weights/kernel": KERNEL, "weights/bias": BIAS };
    const copy = (inputs: Inputs) => fn(inputs);
    const [exact, found] = [
      await compile(fn, signature, { constants }),
      await compile(copy, signature, { constants, matrices: "int8" }),
    ];
    const [a, b] = [await exact.run({ weights: {}, x }), await found.run({ weights: {}, x })];
    for (const name of ["gathered", "left", "own", "small"] as const) expect(b[name].data).toEqual(a[name].data);
    await exact.dispose();
    await found.dispose();
  });

  it("are refused where a matrix has no range, and leave nothing on the disk", async () => {
    const broken = KERNEL.slice();
    broken[17] = Number.NaN;
    await expect(multiply(WAYS.plain(), NativeTensor.zeros([1, INPUT]), "int8", broken)).rejects.toMatchObject({
      code: "not-finite-weights",
    });
    const own = new RegExp(`^simvlm-weights-${process.pid}-`);
    expect(readdirSync(tmpdir()).filter((name) => own.test(name))).toEqual([]);
  });

  it("are refused by providers other than the CPU", async () => {
    const { fn, shape } = WAYS.plain();
    const signature = { weights: { kernel: { shape }, bias: { shape: [OUTPUT] } }, x: { shape: [1, INPUT] } };
    const refused = compile(fn, signature, { provider: "webgpu", matrices: "int8" });
    await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^(no-int8|provider)$/) });
  });
});
