import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { toArrays, toTensors } from "../../../../harness/layers/weights.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import { sampleNoise } from "../../../../harness/models/simvlm/noise.js";
import { initializeWeights, parameterShapes } from "../../../../harness/models/simvlm/parameters.js";
import { resizeWeights } from "../../../../harness/models/simvlm/resize-weights.js";
import { presets } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, lively, onCpu, randomImage, tiny, tinyDecoderOnly } from "./tiny.js";

test("fresh weights have the names and shapes of the table, in its order, and come from the seed", () => {
  const weights = initializeWeights(tiny, createRandom(1));
  const shapes = Object.entries(weights).map(([name, { shape }]) => [name, shape]);
  expect(shapes).toEqual(Object.entries(parameterShapes(tiny)));
  expect(initializeWeights(tiny, createRandom(1))).toEqual(weights);
  expect(initializeWeights(tiny, createRandom(2))["text.embedding"]).not.toEqual(weights["text.embedding"]);
});

test("kernels are normal, cut at two deviations, as wide as their inputs ask", () => {
  const weights = initializeWeights(presets.toy, createRandom(1));
  const deviation = (name: string) => {
    const { data } = weights[name]!;
    return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
  };
  const close = (name: string, expected: number) => {
    expect(deviation(name) / expected, name).toBeGreaterThan(0.97);
    expect(deviation(name) / expected, name).toBeLessThan(1.03);
    const largest = weights[name]!.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(largest / expected, name).toBeLessThan(2.28);
  };
  close("text.embedding", Math.sqrt(1 / 128));
  close("image.positions", 0.5);
  close("image.projection.kernel", Math.sqrt(1 / 768));
  close("encoder.0.attention.qkv.kernel", Math.sqrt(1 / 128));
  close("encoder.0.mlp.input.kernel", Math.sqrt(1 / 128));
  close("encoder.0.mlp.output.kernel", 0.1 * Math.sqrt(1 / 512));
  close("decoder.1.attention.output.kernel", 0.1 * Math.sqrt(1 / 128));
  close("decoder.1.cross.output.kernel", Math.sqrt(1 / 128));
  close("image.stages.1.0.spatial.kernel", Math.sqrt(2 / (9 * 48)) / 3);
  close("image.stages.1.0.reduce.kernel", Math.sqrt(2 / 96) / 3);
  for (const [name, { data }] of Object.entries(weights)) {
    if (/bias$|relative$/.test(name)) expect(new Set(data), name).toEqual(new Set([0]));
    else if (/norm\.scale$/.test(name)) expect(new Set(data), name).toEqual(new Set([1]));
  }
});

test("weights go to a backend and back", async () => {
  const weights = lively(tiny);
  expect(await toArrays(await onCpu(tiny))).toEqual(weights);
});

test("a missing weight is named", async () => {
  const { "encoder.1.mlp.input.kernel": _, ...rest } = await onCpu(tiny);
  const run = () => forward(rest, toTensors(batchOf([{ text: [3] }])), tiny);
  expect(run).toThrow(SimvlmError);
  expect(run).toThrow(/encoder\.1\.mlp\.input\.kernel/);
});

test("resizing interpolates positions and relative bias and touches nothing else", () => {
  const weights = lively(tiny);
  const larger = { ...tiny, imageSize: 24 };
  const resized = resizeWeights(weights, tiny, larger);
  for (const [name, { shape, data }] of Object.entries(resized)) {
    expect(shape, name).toEqual(parameterShapes(larger)[name]);
    if (!/positions$|relative$/.test(name)) expect(data, name).toBe(weights[name]!.data);
  }
  expect(resized["text.positions"]).toBe(weights["text.positions"]);

  // From 2×2 to 3×3 places: corners stay, the middle is the mean of all four.
  const [old, now] = [weights["image.positions"]!.data, resized["image.positions"]!.data];
  const place = (data: Float32Array, index: number) => data.subarray(index * 16, index * 16 + 16);
  expect([0, 2, 6, 8].map((index) => place(now, index))).toEqual([0, 1, 2, 3].map((index) => place(old, index)));
  place(now, 4).forEach((value, channel) => {
    const corners = [0, 1, 2, 3].map((index) => place(old, index)[channel]!);
    expect(value).toBeCloseTo(corners.reduce((a, b) => a + b) / 4, 5);
  });
  place(now, 1).forEach((value, channel) => {
    expect(value).toBeCloseTo((place(old, 0)[channel]! + place(old, 1)[channel]!) / 2, 5);
  });

  // From 3×3 to 5×5 offsets, the table of each head apart: corners and offset 0 stay.
  const [table, wider] = [weights["encoder.1.attention.relative"]!.data, resized["encoder.1.attention.relative"]!.data];
  for (const head of [0, 1]) {
    const [before, after] = [table.subarray(head * 9, head * 9 + 9), wider.subarray(head * 25, head * 25 + 25)];
    expect([0, 4, 12, 20, 24].map((index) => after[index])).toEqual([0, 2, 4, 6, 8].map((index) => before[index]));
    expect(after[1]).toBeCloseTo((before[0]! + before[1]!) / 2, 6);
  }
});

test("resizing there and back keeps a map that was linear, and the same size changes nothing", () => {
  const weights = lively(tiny);
  expect(resizeWeights(weights, tiny, { ...tiny })["image.positions"]).toEqual(weights["image.positions"]);
  const larger = { ...tiny, imageSize: 56 };
  const back = resizeWeights(resizeWeights(weights, tiny, larger), larger, tiny);
  back["image.positions"]!.data.forEach((value, index) => {
    expect(value).toBeCloseTo(weights["image.positions"]!.data[index]!, 5);
  });
});

test("a resized model runs on pictures of the new size", async () => {
  await tf.setBackend("cpu");
  const larger = { ...tiny, imageSize: 40 };
  const weights = toTensors(resizeWeights(lively(tiny), tiny, larger));
  const batch = batchOf([{ image: randomImage(createRandom(3), 40), text: [4, 5] }], { imageSize: 40 });
  expect(forward(weights, toTensors(batch), larger).logits.shape).toEqual([1, 6, 23]);
});

test("only the picture's size may change", () => {
  expect(() => resizeWeights({}, tiny, { ...tiny, width: 32, heads: 4 })).toThrow(/width, heads differ too/);
});

test("noise: rates, scale, whole branches, and nothing in the decoder", () => {
  const sizes = { batch: 50, images: 40, prefixText: 4, suffix: 6 };
  const rates = { dropout: 0.1, stochasticDepth: 0.2 };
  const noise = sampleNoise(tiny, sizes, rates, createRandom(1));
  expect(Object.keys(noise).sort()).toEqual([
    "encoder.0.attention",
    "encoder.0.mlp",
    "encoder.1.attention",
    "encoder.1.mlp",
    "image.stages.0.0",
    "image.stages.1.0",
  ]);
  expect(noise["image.stages.0.0"]!.shape).toEqual([40, 1, 1, 1]);
  const { shape, data } = noise["encoder.1.mlp"]!;
  expect(shape).toEqual([50, 8, 16]);
  const kept = 1 / (0.9 * 0.8);
  expect(new Set(data)).toEqual(new Set([0, Math.fround(kept)]));
  const rows = Array.from({ length: 50 }, (_, row) => data.subarray(row * 128, row * 128 + 128));
  const gone = rows.filter((row) => row.every((value) => value === 0)).length;
  expect(Math.abs(gone - 10)).toBeLessThan(14);
  expect(gone).toBeGreaterThan(0);
  const present = rows.filter((row) => row.some((value) => value > 0));
  const zeros = present.flatMap((row) => [...row]).filter((value) => value === 0).length / (present.length * 128);
  expect(Math.abs(zeros - 0.1)).toBeLessThan(0.025);
  expect(sampleNoise(tiny, sizes, rates, createRandom(1))).toEqual(noise);
  expect(sampleNoise(tiny, sizes, { ...rates, dropout: 0 }, createRandom(1))["encoder.0.mlp"]!.shape).toEqual([
    50, 1, 1,
  ]);
  const stack = sampleNoise(tinyDecoderOnly, { ...sizes, images: 0 }, rates, createRandom(1));
  expect(stack["decoder.2.mlp"]!.shape).toEqual([50, 10, 16]);
  expect(Object.keys(stack).filter((name) => name.startsWith("image"))).toEqual([]);
});

test("a branch left out is as if its layer were not there", async () => {
  const weights = await onCpu({ ...tiny, encoderLayers: 1 });
  const config = { ...tiny, encoderLayers: 1 };
  const batch = toTensors(batchOf([{ text: [4, 5, 6] }]));
  const silent = { "encoder.0.attention": tf.zeros([1, 1, 1]), "encoder.0.mlp": tf.zeros([1, 1, 1]) };
  const { record } = forward(weights, batch, config, { noise: silent, record: true });
  expect(record["encoder.0.output"]!.dataSync()).toEqual(record.prefix!.dataSync());
});
