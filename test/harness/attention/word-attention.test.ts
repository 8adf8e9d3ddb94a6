import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { averageAttention, poolWords } from "../../../harness/attention/word-attention.js";
import { toTensors } from "../../../harness/layers/weights.js";
import { type AttentionRecord, countKeys, listKeys } from "../../../harness/models/attention-maps.js";
import { forward } from "../../../harness/models/simvlm/model.js";
import { createRandom } from "../../../harness/random.js";
import { decoderOnly, smallModel } from "../models/simvlm/small.js";
import { randomImage } from "../models/simvlm/tiny.js";

describe.each([
  ["encoder–decoder", {}, "cross"],
  ["decoder-only", decoderOnly, "attention"],
] as const)("%s", (_, layout, kind) => {
  const model = smallModel(layout);
  const { config, weights } = model;
  const said = {
    example: { image: randomImage(createRandom(3)), prompt: [270, 280, 290] },
    tokens: [300, 301, 302, 303],
  };
  const prefix = model.toBatch([said.example]);
  const suffix = { shape: [1, 5], data: Int32Array.of(1, ...said.tokens) };
  const record = () => model.attention!.record(said);

  test("what is kept is what the model looked at when it chose each token", async () => {
    const kept = await record();
    expect(kept).toMatchObject({ layers: config.decoderLayers, heads: 2, tokens: 4, grid: 2 });
    expect(kept.keys.slice(0, 7)).toEqual(listKeys(2, 3, 0));
    expect(countKeys(kept, "text") > 0).toBe(kind === "attention");
    await tf.setBackend("cpu");
    const inputs = { ...toTensors(prefix), ...toTensors({ suffixTokens: suffix }) };
    const eager = forward(toTensors(weights), inputs, config, { record: true }).record;
    const keys = kept.data.length / (kept.layers * kept.heads * kept.tokens);
    for (let layer = 0; layer < kept.layers; layer++) {
      const map = eager[`decoder.${layer}.${kind}`]!;
      const [, heads, queries, seen] = map.shape as [number, number, number, number];
      const values = map.dataSync();
      for (let head = 0; head < heads; head++) {
        for (let token = 0; token < kept.tokens; token++) {
          for (let key = 0; key < keys; key++) {
            const found = kept.data[((layer * heads + head) * kept.tokens + token) * keys + key]!;
            // Places of padding after the suffix are never seen.
            const row = (head * queries + queries - 5 + token) * seen;
            expect(found).toBeCloseTo(key < seen ? values[row + key]! : 0, 5);
          }
        }
      }
    }
  });

  test("a word's shares on picture, prompt and text add up to 1", async () => {
    const kept = await record();
    const words = poolWords(averageAttention(kept), kept, [
      { text: "one", start: 0, end: 3 },
      { text: "two", start: 3, end: 4 },
    ]);
    for (const { image, prompt, suffix: own, map } of words) {
      expect(image + prompt + own).toBeCloseTo(1, 5);
      expect(map.reduce((sum, value) => sum + value, 0)).toBeCloseTo(image, 5);
      if (kind === "cross") expect(own).toBe(0);
      else expect(own).toBeGreaterThan(0);
    }
  });
});

/** Two layers, two heads, three tokens, a picture of 1 × 1 patch and one token of prompt. */
const made: AttentionRecord = {
  layers: 2,
  heads: 2,
  tokens: 3,
  grid: 1,
  keys: listKeys(1, 1, 0),
  data: Float32Array.from([0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.9, 0.8, 0.7, 0.5, 0.4, 0.3].flatMap((p) => [p, 1 - p])),
};

test.each([
  [{}, [0.5, 0.5, 0.5]],
  [{ layer: 0 }, [0.3, 0.4, 0.5]],
  [{ head: 1 }, [0.5, 0.5, 0.5]],
  [{ layer: 1, head: 0 }, [0.9, 0.8, 0.7]],
] as const)("layers and heads are chosen or averaged: %o", (choice, expected) => {
  const image = [...averageAttention(made, choice)].filter((_, i) => i % 2 === 0);
  for (const [i, value] of expected.entries()) expect(image[i]).toBeCloseTo(value, 6);
});

test("a word is the mean of its tokens, found by position", () => {
  const average = averageAttention(made, { layer: 1, head: 0 });
  const [first, again] = poolWords(average, made, [
    { text: "dog", start: 0, end: 2 },
    { text: "dog", start: 2, end: 3 },
  ]);
  expect(first).toMatchObject({ text: "dog", image: expect.closeTo(0.85, 6), prompt: expect.closeTo(0.15, 6) });
  expect(again!.image).toBeCloseTo(0.7, 6);
});

test("a layer or head that is not there is refused", () => {
  expect(() => averageAttention(made, { layer: 2 })).toThrow("There is no layer 2: the decoder has 2, 0 to 1.");
  expect(() => averageAttention(made, { head: 7 })).toThrow("There is no head 7");
});

test("a class token has no place in the picture: a number beside the map", () => {
  const keys: AttentionRecord["keys"] = [{ kind: "class" }, ...listKeys(2, 1, 1)];
  const record = {
    layers: 1,
    heads: 1,
    tokens: 1,
    grid: 2,
    keys,
    data: Float32Array.of(0.5, 0.1, 0.2, 0, 0.05, 0.1, 0.05),
  };
  const [word] = poolWords(averageAttention(record), record, [{ text: "dog", start: 0, end: 1 }]);
  expect([...word!.map].map((share) => Number(share.toFixed(4)))).toEqual([0.1, 0.2, 0, 0.05]);
  expect(word!.classToken).toBeCloseTo(0.5, 6);
  expect(word!.image).toBeCloseTo(0.35, 6);
  expect([word!.prompt, word!.suffix].map((share) => Number(share.toFixed(4)))).toEqual([0.1, 0.05]);
  expect(poolWords(averageAttention(made), made, [{ text: "dog", start: 0, end: 1 }])[0]).not.toHaveProperty(
    "classToken",
  );
});

test("text without a picture has nothing to be shown on", async () => {
  const asked = smallModel().attention!.record({ example: { prompt: [270] }, tokens: [] });
  await expect(asked).rejects.toMatchObject({ code: "no-image" });
});
