import { expect, test } from "vitest";
import { createCaptioner } from "../../../harness/models/captioner.js";
import { createRandomModel } from "../../../harness/models/family-registry.js";
import { batchPrefixes } from "../../../harness/models/simvlm/prefix-batch.js";
import { createRandom } from "../../../harness/random.js";
import { smallModel } from "./simvlm/small.js";
import { randomImage } from "./simvlm/tiny.js";

const model = smallModel();
const images = [1, 2, 3].map((seed) => randomImage(createRandom(seed)));
const pixels = 16 * 16 * 3;

test("prefixes of unequal length are padded and masked, pictures come first", () => {
  const prefix = batchPrefixes([{ image: images[0], prompt: [7] }, { prompt: [8, 9] }], model.config, 0);
  expect(prefix.images?.shape).toEqual([1, 16, 16, 3]);
  expect(prefix.images?.data).toEqual(images[0]);
  expect([...prefix.imageMask!.data]).toEqual([1, 0]);
  expect([...prefix.prefixTokens!.data]).toEqual([7, 0, 8, 9]);
  expect([...prefix.prefixMask!.data]).toEqual([1, 0, 1, 1]);
  expect(batchPrefixes([{ image: images[0], prompt: [] }], model.config, 0)).not.toHaveProperty("prefixTokens");
  expect(prefix.images?.data).toHaveLength(pixels);
});

test("the prompt stands in the encoder, and changes what is said", async () => {
  const decoding = { method: "greedy", maxLength: 8 } as const;
  const one = createCaptioner(model, { prompt: "a dog", decoding });
  const { prompt } = one.exampleOf(images[0]!);
  expect(prompt).toEqual(model.tokenizer.encode("a dog"));
  expect([...model.toBatch(images.map(one.exampleOf)).prefixTokens!.data.slice(0, prompt.length)]).toEqual(prompt);
  const without = createCaptioner(model, { prompt: "", decoding });
  expect(without.exampleOf(images[0]!).prompt).toEqual([]);
  const [a] = await one.caption(images);
  const [b] = await without.caption(images);
  expect(a!.logProbability).not.toBe(b!.logProbability);
});

test.each(["beam", "greedy", "sample"] as const)(
  "%s: a picture's caption does not depend on its batch",
  async (method) => {
    const captioner = createCaptioner(model, { seed: 5, decoding: { method, maxLength: 6 } });
    const together = await captioner.caption(images, ["a", "b", "c"]);
    const alone = await captioner.caption([images[1]!], ["b"]);
    expect(alone[0]!.text).toBe(together[1]!.text);
    expect(alone[0]!.logProbability).toBeCloseTo(together[1]!.logProbability, 4);
  },
);

test("sampling follows the seed and the picture's key", async () => {
  const say = async (seed: number, key: number) => {
    const captioner = createCaptioner(model, { seed, decoding: { method: "sample", maxLength: 12 } });
    return (await captioner.caption([images[0]!], [key]))[0]!.text;
  };
  const first = await say(1, 0);
  expect(await say(1, 0)).toBe(first);
  expect(await say(2, 0)).not.toBe(first);
  expect(await say(1, 1)).not.toBe(first);
});

test("a beam's caption is at least as probable as the greedy one of the same length", async () => {
  const length = { minLength: 5, maxLength: 5, lengthPenalty: 0 };
  const greedy = await createCaptioner(model, { decoding: { method: "greedy", ...length } }).caption(images);
  const beam = await createCaptioner(model, { decoding: { method: "beam", beamSize: 5, ...length } }).caption(images);
  const total = (captions: typeof beam) => captions.reduce((sum, { logProbability }) => sum + logProbability, 0);
  expect(total(beam)).toBeGreaterThanOrEqual(total(greedy) - 1e-4);
});

test("a model nobody trained says whole words, each once", async () => {
  const random = await createRandomModel({ preset: "toy" });
  const [caption] = await createCaptioner(random).caption([
    randomImage(createRandom(1), random.preparation.framing.size),
  ]);
  const words = caption!.text.split(" ");
  expect(words.length).toBeGreaterThan(1);
  expect(new Set(words).size).toBe(words.length);
  expect(caption!.text).toMatch(/^[\p{L}\d]{2,}( [\p{L}\d]{2,})*$/u);
  expect(caption!.logProbability).toBeLessThan(0);
});
