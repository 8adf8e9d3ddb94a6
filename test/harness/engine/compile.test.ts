import "@tensorflow/tfjs-backend-cpu";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, NativeTensor } from "../../../harness/engine/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const native = (numbers: number[], shape = [numbers.length]) => NativeTensor.of(Float32Array.from(numbers), shape);

interface Arguments {
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  readonly x: tf.Tensor;
}

const layer = ({ weights, x }: Arguments) => {
  const hidden = tf.relu(tf.matMul(x, weights.first!));
  return { result: tf.matMul(hidden, weights.second!), record: { hidden } };
};

const LAYER = { weights: { first: { shape: [3, 4] }, second: { shape: [4, 2] } }, x: { shape: [5, 3] } };

describe("compile", () => {
  it("takes and gives trees of tensors", async () => {
    const compiled = await compile(layer, LAYER);
    const inputs = {
      weights: {
        first: tf.randomNormal([3, 4], 0, 1, "float32", 1),
        second: tf.randomNormal([4, 2], 0, 1, "float32", 2),
      },
      x: tf.randomNormal([5, 3], 0, 1, "float32", 3),
    };
    const found = await compiled.run(inputs);
    const expected = layer(inputs);
    expect(found.result.shape).toEqual([5, 2]);
    for (const [a, b] of [
      [found.result, expected.result],
      [found.record.hidden, expected.record.hidden],
    ] as const) {
      expect(Math.max(...Array.from(b.dataSync(), (number, i) => Math.abs(number - a.data[i]!)))).toBeLessThan(1e-5);
    }
  });

  it("a single tensor is a tree too", async () => {
    const compiled = await compile((x: tf.Tensor) => tf.add(x, 1), { shape: [2] });
    expect(Array.from((await compiled.run(native([1, 2]))).data)).toEqual([2, 3]);
  });

  it("an argument may be a result, and a result may come twice", async () => {
    const compiled = await compile(
      ({ a, b }: Record<"a" | "b", tf.Tensor>) => {
        const sum = tf.add(a, b);
        return { a: sum, b: a, again: sum, zeros: tf.zerosLike(a) };
      },
      { a: { shape: [2] }, b: { shape: [2] } },
    );
    const { a, b, again, zeros } = await compiled.run({ a: native([1, 2]), b: native([3, 4]) });
    expect([a, b, again, zeros].map(({ data }) => Array.from(data))).toEqual([
      [4, 6],
      [1, 2],
      [4, 6],
      [0, 0],
    ]);
  });

  it("keeps integers and booleans", async () => {
    const compiled = await compile(
      ({ ids }: { ids: tf.Tensor }) => ({
        next: tf.add(ids, tf.scalar(1, "int32")),
        even: tf.equal(tf.mod(ids, tf.scalar(2, "int32")), 0),
      }),
      { ids: { shape: [3], dtype: "int32" } },
    );
    const { next, even } = await compiled.run({ ids: NativeTensor.of(Int32Array.of(1, 2, 3), [3], "int32") });
    expect(next.data).toEqual(Int32Array.of(2, 3, 4));
    expect(even.data).toEqual(Uint8Array.of(0, 1, 0));
  });

  it("the same function, signature and options are compiled once, until disposed of", async () => {
    let traces = 0;
    const counted = (x: tf.Tensor) => {
      traces += 1;
      return tf.neg(x);
    };
    const [first, same, other] = await Promise.all([
      compile(counted, { shape: [2] }),
      compile(counted, { shape: [2], dtype: "float32" }),
      compile(counted, { shape: [3] }),
    ]);
    expect(same).toBe(first);
    expect(other).not.toBe(first);
    expect(traces).toBe(2);
    expect(await compile(counted, { shape: [2] }, { threads: availableParallelism() + 1 })).not.toBe(first);
    await first.dispose();
    expect(await compile(counted, { shape: [2] })).not.toBe(first);
    expect(traces).toBe(4);
  });

  it("a function that failed is tried again", async () => {
    let fails = true;
    const fickle = (x: tf.Tensor) => {
      if (fails) throw new RangeError("not yet");
      return tf.neg(x);
    };
    await expect(compile(fickle, { shape: [1] })).rejects.toThrow(RangeError);
    fails = false;
    await expect(compile(fickle, { shape: [1] })).resolves.toBeDefined();
  });

  it("leaves tfjs as it was, also after a failure", async () => {
    const before = tf.memory();
    await compile((x: tf.Tensor) => tf.softmax(tf.mul(x, 2)), { shape: [2] });
    await compile((x: tf.Tensor) => tf.tidy(() => tf.grad((y) => tf.asin(tf.cumprod(y)))(x)), { shape: [2] }).catch(
      () => {},
    );
    expect(tf.getBackend()).toBe("cpu");
    expect(tf.memory().numTensors).toBe(before.numTensors);
    const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
    expect(Array.from(gradient.dataSync())).toEqual([2, 4]);
  });

  it("does not compute twice what is asked for twice, nor what nobody needs", async () => {
    const compiled = await compile(
      (x: tf.Tensor) => {
        tf.sin(x);
        return tf.add(tf.exp(tf.mul(x, 1)), tf.exp(tf.add(x, 0)));
      },
      { shape: [2] },
    );
    expect(compiled.nodeCount).toBe(2);
  });

  it("writes common patterns in their cheapest form", async () => {
    const nodesOf = async (fn: (x: tf.Tensor) => tf.Tensor): Promise<number> =>
      (await compile(fn, { shape: [2, 3, 4] })).nodeCount;
    expect(await nodesOf((x) => tf.pow(x, 2))).toBe(1);
    expect(await nodesOf((x) => tf.transpose(tf.transpose(x, [2, 0, 1]), [1, 2, 0]))).toBe(0);
    expect(await nodesOf((x) => tf.reshape(tf.reshape(tf.expandDims(x, 0), [6, 4]), [24]))).toBe(1);
    expect(await nodesOf((x) => tf.sum(tf.mul(tf.broadcastTo(tf.sum(x, 0, true), [2, 3, 4]), x), 2, true))).toBe(3);
    expect(
      await nodesOf((x) =>
        tf.slice(
          tf.pad(x, [
            [0, 0],
            [0, 0],
            [0, 0],
          ]),
          0,
        ),
      ),
    ).toBe(0);
    expect(await nodesOf((x) => tf.cast(tf.cast(x, "float32"), "float32"))).toBe(0);
  });

  it("writes what a broadcast constant is multiplied with as a scalar", async () => {
    const compiled = await compile((x: tf.Tensor) => tf.mul(tf.ones([512, 512]), tf.add(x, tf.fill([512, 512], 3))), {
      shape: [512, 512],
    });
    expect(compiled.toOnnx().length).toBeLessThan(500);
  });
});

describe("results", () => {
  const step = ({ state, x }: Record<"state" | "x", tf.Tensor>) => ({ state: tf.add(state, x), sum: tf.sum(x) });
  const signature = { state: { shape: [2] }, x: { shape: [2] } };

  it("are written where `into` says", async () => {
    const compiled = await compile(step, signature);
    const target = NativeTensor.zeros([2]);
    const { state, sum } = await compiled.run(
      { state: native([1, 2]), x: native([3, 4]) },
      { into: { state: target } },
    );
    expect(state).toBe(target);
    expect(Array.from(target.data)).toEqual([4, 6]);
    expect(Array.from(sum.data)).toEqual([7]);
  });

  it("feed the next step without growing memory", async () => {
    const compiled = await compile(step, { state: { shape: [4096] }, x: { shape: [4096] } }, { threads: 1 });
    const x = NativeTensor.of(new Float32Array(4096).fill(1), [4096]);
    let [state, spare] = [NativeTensor.zeros([4096]), NativeTensor.zeros([4096])];
    let resident = 0;
    for (let i = 0; i < 10_000; i++) {
      const next = await compiled.run({ state, x }, { into: { state: spare } });
      [state, spare] = [next.state, state];
      if (i === 2_000) resident = process.memoryUsage.rss();
    }
    expect(state.data[0]).toBe(10_000);
    // 8,000 steps of 16 KiB results would be 131 MB, had they been kept.
    expect(process.memoryUsage.rss() - resident).toBeLessThan(32e6);
  });

  it("that nobody keeps are freed", async () => {
    const compiled = await compile((x: tf.Tensor) => tf.add(x, 1), { shape: [65536] }, { threads: 1 });
    const x = NativeTensor.zeros([65536]);
    for (let i = 0; i < 200; i++) await compiled.run(x);
    const resident = process.memoryUsage.rss();
    for (let i = 0; i < 2_000; i++) await compiled.run(x);
    // 2,000 results of 256 KiB are 524 MB.
    expect(process.memoryUsage.rss() - resident).toBeLessThan(200e6);
  });
});

describe("toOnnx", () => {
  it("has an output's copy after what it copies, and squares that are only summed as one operator", async () => {
    const twice = ({ x }: { x: tf.Tensor }) => ({
      one: tf.exp(x),
      two: tf.exp(x),
      later: tf.sum(tf.square(tf.sin(x))),
    });
    const compiled = await compile(twice, { x: { shape: [3] } });
    const file = Buffer.from(compiled.toOnnx());
    const places = ["Exp", "Identity", "Sin", "ReduceSumSquare"].map((operator) => file.indexOf(operator));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(file.includes("Mul")).toBe(false);
    const { one, two, later } = await compiled.run({ x: NativeTensor.of(Float32Array.of(0, 1, -1), [3]) });
    expect(two.data).toEqual(one.data);
    expect(later.data[0]).toBeCloseTo(2 * Math.sin(1) ** 2, 6);
  });

  it("is a file that ONNX Runtime runs, its inputs and outputs named by their paths", async () => {
    const compiled = await compile(layer, LAYER);
    const session = await InferenceSession.create(compiled.toOnnx());
    expect(session.inputNames).toEqual(["weights/first", "weights/second", "x"]);
    expect(session.outputNames).toEqual(["result", "record/hidden"]);
    const ones = (shape: number[]) => new OrtTensor("float32", new Float32Array(shape[0]! * shape[1]!).fill(1), shape);
    const { result } = await session.run({
      "weights/first": ones([3, 4]),
      "weights/second": ones([4, 2]),
      x: ones([5, 3]),
    });
    expect(Array.from(result!.data as Float32Array)).toEqual(Array(10).fill(12));
  });

  it("may leave weights in a file beside it", async () => {
    const compiled = await compile(layer, LAYER);
    const folder = mkdtempSync(join(tmpdir(), "simvlm-onnx-"));
    try {
      const head = 16;
      writeFileSync(join(folder, "weights.bin"), new Uint8Array(new Float32Array(4 + 12 + 8).fill(0.5).buffer));
      const place = (offset: number, count: number) => ({ location: "weights.bin", offset, length: 4 * count });
      const external = { "weights/first": place(head, 12), "weights/second": place(head + 48, 8) };
      writeFileSync(join(folder, "layer.onnx"), compiled.toOnnx({ external }));
      const session = await InferenceSession.create(join(folder, "layer.onnx"));
      expect(session.inputNames).toEqual(["x"]);
      const { result } = await session.run({ x: new OrtTensor("float32", new Float32Array(15).fill(1), [5, 3]) });
      expect(Array.from(result!.data as Float32Array)).toEqual(Array(10).fill(3));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
