import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import type { Weights } from "../../../../harness/layers/weights.js";
import { embedImages } from "../../../../harness/models/simvlm/image.js";
import { layerBiases } from "../../../../harness/models/simvlm/relative.js";
import { createRandom } from "../../../../harness/random.js";
import { onCpu, tiny } from "./tiny.js";

const random = createRandom(43);
const normal = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 + random.normal()),
    shape,
  );

test("relative bias: one number for each head and each pair's rows and columns apart, none for text", async () => {
  await tf.setBackend("cpu");
  const table = normal([2, 25]);
  const numbers = table.arraySync() as number[][];
  const mask = normal([2, 1, 1, 11]);
  const bias = layerBiases(9, 2, mask, { "encoder.4.attention.relative": table })("encoder.4");
  expect(bias.shape).toEqual([2, 2, 11, 11]);
  const found = bias.arraySync() as number[][][][];
  for (let head = 0; head < 2; head++) {
    for (let query = 0; query < 11; query++) {
      for (let key = 0; key < 11; key++) {
        const rows = Math.floor(key / 3) - Math.floor(query / 3);
        const columns = (key % 3) - (query % 3);
        const relative = query < 9 && key < 9 ? numbers[head]![(rows + 2) * 5 + columns + 2]! : 0;
        const added = (mask.arraySync() as number[][][][])[1]![0]![0]![key]!;
        expect(found[1]![head]![query]![key]).toBeCloseTo(relative + added, 4);
      }
    }
  }
});

test("patches are the squares of the picture, line by line", async () => {
  const config = { ...tiny, convBlocks: [] };
  const weights: Weights = {
    ...(await onCpu(config)),
    // Each token is the sum of its patch's pixels.
    "image.projection.kernel": tf.ones([192, 16]),
    "image.projection.bias": tf.zeros([16]),
    "image.positions": tf.zeros([4, 16]),
  };
  const image = normal([1, 16, 16, 3]);
  const tokens = embedImages(image, weights, config).arraySync() as number[][][];
  for (let patch = 0; patch < 4; patch++) {
    const square = tf.slice(image, [0, 8 * Math.floor(patch / 2), 8 * (patch % 2), 0], [1, 8, 8, 3]);
    expect(tokens[0]![patch]![5]).toBeCloseTo(tf.sum(square).dataSync()[0]!, 2);
  }
});

test.each([[], [1], [1, 2], [1, 1, 1], [1, 1, 1, 1]])(
  "conv blocks %o give the same number of tokens",
  async (...blocks) => {
    const config = { ...tiny, imageSize: 32, patchSize: 16, convBlocks: blocks };
    const weights = await onCpu(config);
    const tokens = embedImages(normal([2, 32, 32, 3]), weights, config);
    expect(tokens.shape).toEqual([2, 4, 16]);
  },
);

test("a token of the conv stage looks at its own place: far pixels change it only through the norm's statistics", async () => {
  const config = { ...tiny, imageSize: 64, patchSize: 8, convBlocks: [1] };
  const weights = await onCpu(config);
  const image = normal([1, 64, 64, 3]);
  const spot = tf.pad(tf.fill([1, 4, 4, 3], 9), [
    [0, 0],
    [0, 60],
    [60, 0],
    [0, 0],
  ]); // the top right corner
  const change = tf.sub(embedImages(tf.add(image, spot), weights, config), embedImages(image, weights, config));
  const size = (tf.sum(tf.abs(change), 2).arraySync() as number[][])[0]!;
  const corner = size[7]!;
  expect(Math.max(...size)).toBe(corner);
  expect(size[56]!).toBeLessThan(corner / 4);
});
