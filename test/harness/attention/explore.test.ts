import { describe, expect, test } from "vitest";
import { explore } from "../../../harness/attention/explore.js";
import { averageAttention, poolWords } from "../../../harness/attention/word-attention.js";
import { decodeImage } from "../../../harness/images/decode.js";
import { countKeys } from "../../../harness/models/attention-maps.js";
import { decoderOnly, smallModel } from "../models/simvlm/small.js";

const beach = "fixtures/images/beach.jpg";
const quick = { methods: [], control: false } as const;

describe.each([
  ["encoder–decoder", {}],
  ["decoder-only", decoderOnly],
] as const)("%s", (_, layout) => {
  const model = smallModel(layout);

  test("the model's own caption, with all that the explorer shows", async () => {
    const decoding = { minLength: 4, maxLength: 6 };
    const found = await explore(model, beach, { prompt: "a dog", decoding });
    expect(found.words.length).toBeGreaterThan(0);
    expect(found.attention.tokens).toBeGreaterThanOrEqual(4);
    expect(countKeys(found.attention, "prompt")).toBe(model.tokenizer.encode("a dog").length);
    expect(found.logProbability).toBeLessThan(0);
    expect(found).toMatchObject({ source: "small", prompt: "a dog", imageSize: 16, control: { seed: 1 } });
    for (const looks of [found, found.control!]) {
      expect(looks.gradient!.data).toHaveLength(looks.attention.data.length);
      expect(looks.rollout).toMatchObject({ layers: 1, heads: 1, tokens: found.attention.tokens });
    }
    const { width, height } = await decodeImage(beach);
    expect(Math.max(found.picture.width, found.picture.height)).toBeLessThanOrEqual(448);
    expect(found.picture.width / found.picture.height).toBeCloseTo(width / height, 2);
  });

  test("a given caption is what is looked at, word by word", async () => {
    const { caption, words, attention, logProbability } = await explore(model, beach, {
      ...quick,
      caption: "the dog sees the ball",
    });
    expect(caption).toBe("the dog sees the ball");
    expect(logProbability).toBeUndefined();
    expect(words.map(({ text }) => text)).toEqual(["the", "dog", "sees", "the", "ball"]);
    expect(words.at(-1)!.end).toBe(attention.tokens);
    const pooled = poolWords(averageAttention(attention), attention, words);
    expect(pooled[0]!.map).not.toEqual(pooled[3]!.map);
  });

  test("the control is other weights of the same size, the same for the same seed", async () => {
    const options = { caption: "the dog", methods: ["rollout"], control: 5 } as const;
    const [first, again, other] = await Promise.all([
      explore(model, beach, options),
      explore(model, beach, options),
      explore(model, beach, { ...options, control: 6 }),
    ]);
    expect(first.control).toEqual(again.control);
    expect(first.control!.attention.data).not.toEqual(other.control!.attention.data);
    expect(first.control!.attention.data).not.toEqual(first.attention.data);
    expect(first.control!.attention.data).toHaveLength(first.attention.data.length);
    expect(first.attention.data).toEqual(other.attention.data);
  });
});

test("what is not asked for is not computed", async () => {
  const found = await explore(smallModel(), beach, { ...quick, caption: "the dog", label: "mine" });
  expect(found).not.toHaveProperty("gradient");
  expect(found).not.toHaveProperty("rollout");
  expect(found).not.toHaveProperty("control");
  expect(found.source).toBe("mine");
});

test.each([
  [undefined, {}, "no-image", "There is no picture"],
  [[beach, beach], {}, "several-images", "There are 2 pictures, but attention is shown on one."],
  ["nowhere.jpg", {}, "missing-image", "nowhere.jpg"],
  [beach, { caption: "" }, "no-caption", "The caption is empty"],
  [beach, { caption: "dog ".repeat(60) }, "text-too-long", "but the model has 40 text positions"],
])("bad input %#: %j %j", async (picture, options, code, message) => {
  const found = explore(smallModel(), picture as string, options);
  await expect(found).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
