import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { toTensors } from "../../../../harness/layers/weights.js";
import { prefixLoss } from "../../../../harness/models/losses.js";
import type { PrefixBatch } from "../../../../harness/models/simvlm/batch.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, onCpu, randomImage, randomText, tiny, tinyDecoderOnly } from "./tiny.js";

const variants: readonly (readonly [string, SimVLMConfig])[] = [
  ["encoder-decoder", tiny],
  ["decoder-only", tinyDecoderOnly],
  ["linear patches", { ...tiny, convBlocks: [] }],
  ["1 conv stage, 2×2 windows", { ...tiny, convBlocks: [1] }],
  ["4 conv stages", { ...tiny, convBlocks: [1, 1, 1, 1] }],
];

async function logitsOf(config: SimVLMConfig, batch: PrefixBatch): Promise<Float32Array> {
  const weights = await onCpu(config);
  return tf.tidy(() => forward(weights, toTensors(batch), config).logits.dataSync<"float32">().slice());
}

/** The logits at one place of one row. */
function at(logits: Float32Array, row: number, place: number, places = 6): Float32Array {
  const begin = (row * places + place) * tiny.vocabularySize;
  return logits.subarray(begin, begin + tiny.vocabularySize);
}

function pairs(seed = 9) {
  const random = createRandom(seed);
  return {
    imageAndText: { image: randomImage(random), prefix: randomText(random, 4), suffix: randomText(random, 5) },
    imageAlone: { image: randomImage(random), prefix: [], suffix: randomText(random, 5) },
    textAlone: { prefix: randomText(random, 3), suffix: randomText(random, 4) },
    random,
  };
}

describe.each(variants)("%s", (_, config) => {
  test("a changed prefix token, or pixel, changes every suffix logit", async () => {
    const { imageAndText } = pairs();
    const before = await logitsOf(config, batchOf([imageAndText]));
    for (let place = 0; place < 4; place++) {
      const prefix = imageAndText.prefix.with(place, imageAndText.prefix[place]! === 7 ? 8 : 7);
      const after = await logitsOf(config, batchOf([{ ...imageAndText, prefix }]));
      expect(before.every((logit, index) => logit !== after[index])).toBe(true);
    }
    const image = imageAndText.image.map((value, index) => (index < 3 ? value + 1 : value));
    const after = await logitsOf(config, batchOf([{ ...imageAndText, image }]));
    expect(before.filter((logit, index) => logit === after[index]).length).toBeLessThan(before.length / 50);
  });

  test("a changed suffix token changes no earlier logit and every later one", async () => {
    const { imageAndText } = pairs();
    const before = await logitsOf(config, batchOf([imageAndText]));
    for (let token = 0; token < 5; token++) {
      const suffix = imageAndText.suffix.with(token, imageAndText.suffix[token]! === 7 ? 8 : 7);
      const after = await logitsOf(config, batchOf([{ ...imageAndText, suffix }]));
      for (let place = 0; place < 6; place++) {
        // The token stands one place later in the decoder, after the start token.
        if (place <= token) expect(at(after, 0, place)).toEqual(at(before, 0, place));
        else expect(at(after, 0, place)).not.toEqual(at(before, 0, place));
      }
    }
  });

  test("a text-only row does not feel the pixels in its place, even with nothing else to look at", async () => {
    const { textAlone, imageAndText, random } = pairs();
    const examples = [textAlone, { prefix: [], suffix: [5, 6] }, imageAndText];
    const batch = batchOf(examples);
    const before = await logitsOf(config, batch);
    const data = batch.images!.data.slice();
    data.set(randomImage(random), 0);
    data.set(randomImage(random), data.length / 3);
    const after = await logitsOf(config, { ...batch, images: { ...batch.images!, data } });
    expect(after).toEqual(before);
  });

  test("what padding holds has exactly no effect", async () => {
    const { imageAlone, textAlone } = pairs();
    const batch = batchOf([imageAlone, textAlone]);
    const before = await logitsOf(config, batch);
    const prefixTokens = batch.prefixTokens!.data.map((token, index) => (batch.prefixMask!.data[index] ? token : 11));
    const suffixTokens = batch.suffixTokens.data.map((token, index) => (batch.targetWeights.data[index] ? token : 12));
    expect(prefixTokens).not.toEqual(batch.prefixTokens!.data);
    expect(suffixTokens).not.toEqual(batch.suffixTokens.data);
    const after = await logitsOf(config, {
      ...batch,
      prefixTokens: { ...batch.prefixTokens!, data: prefixTokens },
      suffixTokens: { ...batch.suffixTokens, data: suffixTokens },
    });
    batch.targetWeights.data.forEach((weight, place) => {
      if (weight) expect(at(after, 0, place)).toEqual(at(before, 0, place));
    });
  });

  test("how much padding there is, and what else is in the batch, changes nothing but rounding", async () => {
    const { imageAndText, imageAlone, textAlone } = pairs();
    const together = await logitsOf(config, batchOf([imageAndText, imageAlone, textAlone], { prefixLength: 7 }));
    const alone = [
      await logitsOf(config, batchOf([imageAndText])),
      await logitsOf(config, batchOf([imageAlone], { prefixLength: 0 })),
      await logitsOf(config, batchOf([textAlone], { prefixLength: 3 })),
    ];
    alone.forEach((logits, row) => {
      const size = logits.length;
      expect(largestDifference(logits, together.subarray(row * size, (row + 1) * size))).toBeLessThan(2e-5);
    });
  });

  test("rows after the last picture need none in the tensor", async () => {
    const { imageAndText, textAlone, random } = pairs();
    const batch = batchOf([imageAndText, textAlone]);
    expect(batch.images!.shape[0]).toBe(1);
    const data = Float32Array.from([...batch.images!.data, ...randomImage(random)]);
    const whole = { ...batch, images: { shape: [2, 16, 16, 3], data } };
    expect(await logitsOf(config, whole)).toEqual(await logitsOf(config, batch));
  });
});

test.each([
  ["encoder-decoder", tiny, 0],
  ["decoder-only", tinyDecoderOnly, 4],
] as const)("%s: the suffix has positions of its own, from %o", async (_, config, offset) => {
  const { imageAndText, imageAlone } = pairs();
  // Where the positions restart, a text prefix would use the rows under test too.
  const batch = toTensors(offset > 0 ? batchOf([imageAndText]) : batchOf([imageAlone], { prefixLength: 0 }));
  const weights = await onCpu(config);
  const before = forward(weights, batch, config).logits.dataSync<"float32">();
  for (let place = 0; place < 6; place++) {
    const row = tf.oneHot(tf.tensor1d([offset + place], "int32"), config.textLength, 1, 0, "float32");
    const moved = { ...weights, "text.positions": tf.add(weights["text.positions"]!, tf.transpose(row)) };
    const after = forward(moved, batch, config).logits.dataSync<"float32">();
    for (let other = 0; other < 6; other++) {
      if (other < place) expect(at(after, 0, other)).toEqual(at(before, 0, other));
      else expect(at(after, 0, other)).not.toEqual(at(before, 0, other));
    }
  }
});

test("relative bias concerns image tokens alone: a row without a picture does not feel its table", async () => {
  const { imageAndText, textAlone } = pairs();
  const weights = await onCpu(tiny);
  const changed = Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, name.endsWith("relative") ? tf.mul(weight, -3) : weight]),
  );
  const batch = toTensors(batchOf([imageAndText, textAlone]));
  const [before, after] = [weights, changed].map((each) => forward(each, batch, tiny).logits.dataSync<"float32">());
  const half = before!.length / 2;
  expect(after!.slice(half)).toEqual(before!.slice(half));
  expect(after!.slice(0, half).every((logit, index) => logit !== before![index])).toBe(true);
});

test("the record holds every attention map and block output, and only when asked for", async () => {
  const { imageAndText, textAlone } = pairs();
  const weights = await onCpu(tiny);
  const batch = toTensors(batchOf([imageAndText, textAlone]));
  expect(forward(weights, batch, tiny).record).toEqual({});
  const { record } = forward(weights, batch, tiny, { record: true });
  const shapes = Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, tensor.shape]));
  const layers = [0, 1].flatMap((index) => [
    [`encoder.${index}.attention`, [2, 2, 8, 8]],
    [`encoder.${index}.output`, [2, 8, 16]],
    [`decoder.${index}.attention`, [2, 2, 6, 6]],
    [`decoder.${index}.cross`, [2, 2, 6, 8]],
    [`decoder.${index}.output`, [2, 6, 16]],
  ]);
  expect(shapes).toEqual({ prefix: [2, 8, 16], "encoder.output": [2, 8, 16], ...Object.fromEntries(layers) });
  const cross = record["decoder.1.cross"]!;
  expect(largestDifference(tf.sum(cross, -1).dataSync<"float32">(), new Float32Array(24).fill(1))).toBeLessThan(1e-6);
  // Row 1 has no picture and 3 of 4 text places: all else has weight 0 exactly.
  const row = tf.slice(cross, [1, 0, 0, 0], [1, 2, 6, 8]).dataSync<"float32">();
  row.forEach((weight, index) => {
    const key = index % 8;
    if (key < 4 || key === 7) expect(weight).toBe(0);
    else expect(weight).toBeGreaterThan(0);
  });
});

test("the loss of a case computed by hand", async () => {
  await tf.setBackend("cpu");
  // Softmax of [0, ln 3] is [1/4, 3/4]; of [ln 2, 0] it is [2/3, 1/3]. The last place is padding.
  const logits = tf.tensor([
    [
      [0, Math.log(3)],
      [Math.log(2), 0],
      [50, -50],
    ],
  ]); // [1, 3, 2]
  const loss = prefixLoss(logits, tf.tensor2d([[1, 1, 1]], [1, 3], "int32"), tf.tensor2d([[1, 1, 0]]));
  expect(loss.dataSync()[0]).toBeCloseTo(-(Math.log(3 / 4) + Math.log(1 / 3)) / 2, 6);
});

test("the loss is taken on logits: of the vocabulary's size, near its logarithm for a model that knows nothing", async () => {
  const weights = await onCpu(tiny);
  const batch = toTensors(batchOf([pairs().imageAndText]));
  const silent = { ...weights, "text.embedding": tf.zeros([tiny.vocabularySize, tiny.width]) };
  const { logits } = forward(silent, batch, tiny);
  expect(logits.shape).toEqual([1, 6, tiny.vocabularySize]);
  expect(prefixLoss(logits, batch.targets, batch.targetWeights).dataSync()[0]).toBeCloseTo(
    Math.log(tiny.vocabularySize),
    5,
  );
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
}
