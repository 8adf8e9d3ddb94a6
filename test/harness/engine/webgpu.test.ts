import "@tensorflow/tfjs-backend-cpu";
import { existsSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  compile,
  download,
  type NativeTensor,
  type Probe,
  type Provider,
  probeProvider,
} from "../../../harness/engine/index.js";

/** A Vulkan device in software, which Debian's chromium brings; a real one is preferred where a driver is installed. */
const SOFTWARE = "/usr/lib/chromium/vk_swiftshader_icd.json";

let webgpu: Probe<Provider>;

beforeAll(async () => {
  if (existsSync(SOFTWARE)) process.env.VK_ADD_DRIVER_FILES ??= SOFTWARE;
  await tf.setBackend("cpu");
  webgpu = await probeProvider("webgpu");
});

beforeEach((context) => {
  if (!webgpu.works) context.skip(`no WebGPU device here: ${webgpu.detail}; it needs ${webgpu.remedy}`);
});

type Tensors = Readonly<Record<string, tf.Tensor>>;

const WEIGHTS = { convolution: [3, 3, 3, 8], first: [8, 16], second: [16, 4] };
const names = Object.keys(WEIGHTS);

function loss(weights: Tensors, images: tf.Tensor): tf.Scalar {
  const convolved = tf.conv2d(images as tf.Tensor4D, weights.convolution as tf.Tensor4D, 2, "same"); // [2, 4, 4, 8]
  const pooled = tf.mean(tf.relu(convolved), [1, 2]); // [2, 8]
  const hidden = tf.tanh(tf.matMul(pooled, weights.first!)); // [2, 16]
  return tf.mean(tf.square(tf.softmax(tf.matMul(hidden, weights.second!))));
}

/** One step of gradient descent. */
function step({ weights, images }: { weights: Tensors; images: tf.Tensor }) {
  const byWeights = (...tensors: tf.Tensor[]) =>
    loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), images);
  const { value, grads } = tf.valueAndGrads(byWeights)(names.map((name) => weights[name]!));
  const next = names.map((name, i) => [name, tf.sub(weights[name]!, tf.mul(grads[i]!, 0.1))] as const);
  return { loss: value, weights: Object.fromEntries(next) as Tensors };
}

const inputs = () => ({
  weights: Object.fromEntries(
    Object.entries(WEIGHTS).map(([name, shape], i) => [name, tf.randomUniform(shape, -1, 1, "float32", i + 1)]),
  ) as Tensors,
  images: tf.randomUniform([2, 8, 8, 3], -1, 1, "float32", 9),
});

function expectClose(found: NativeTensor, expected: tf.Tensor): void {
  const differences = Array.from(expected.dataSync(), (number, i) => Math.abs(number - found.data[i]!));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
}

describe("the webgpu provider", () => {
  it("computes a training step as the cpu backend does", async () => {
    const given = inputs();
    const compiled = await compile(step, given, { provider: "webgpu" });
    const found = await compiled.run(given);
    const expected = step(given);
    expectClose(found.loss, expected.loss);
    for (const name of names) expectClose(found.weights[name]!, expected.weights[name]!);
  });

  it("keeps results on the device, whence they feed the next step", async () => {
    const given = inputs();
    const compiled = await compile(step, given, { provider: "webgpu", keepOnDevice: ["weights"] });
    const first = await compiled.run(given);
    expect(first.loss.onDevice).toBe(false);
    expect(first.weights.first!.onDevice).toBe(true);
    expect(() => first.weights.first!.data).toThrow(/download/);
    const second = await compiled.run({ weights: first.weights, images: given.images });
    const expected = step({ ...given, weights: step(given).weights });
    expectClose(second.loss, expected.loss);
    for (const name of names) expectClose(await download(second.weights[name]!), expected.weights[name]!);
    for (const name of names) first.weights[name]!.dispose();
  });
});
