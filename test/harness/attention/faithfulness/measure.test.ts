import { describe, expect, test } from "vitest";
import { measureFaithfulness } from "../../../../harness/attention/faithfulness/measure.js";
import { sumUp } from "../../../../harness/attention/faithfulness/summary.js";
import { listWordMaps } from "../../../../harness/attention/word-maps.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import type { VisionLanguageModel } from "../../../../harness/models/vision-language-model.js";
import { ownCaptioners } from "../../../captioners/golden.js";
import { decoderOnly, smallModel } from "../../models/simvlm/small.js";

const beach = "fixtures/images/beach.jpg";
const published = ownCaptioners().filter((captioner) => captioner.cases().length > 0);
const families: readonly (readonly [string, () => Promise<VisionLanguageModel>])[] = [
  ["SimVLM", async () => smallModel()],
  ["SimVLM, decoder-only", async () => smallModel(decoderOnly)],
  ...published.map(({ name, checkpoint }) => [name, () => openCheckpoint(checkpoint)] as const),
];
const quick = { steps: 3, randoms: 2 } as const;

describe.each(families)("%s", (name, open) => {
  const prompt = name.endsWith("vqa") ? "is there a boat?" : "";
  const asked = { ...quick, prompt, decoding: { beamSize: 1, minLength: 3, maxLength: 5 } };

  test("every map that the family tells is tried, with curves that share their ends", async () => {
    const model = await open();
    const [trial] = await measureFaithfulness(model, [{ picture: beach }], asked);
    const known = listWordMaps(model.attention!);
    expect(known).toEqual(
      name === "blip-vqa" ? ["mean", "max", "rollout"] : ["mean", "max", "rollout", "gradient", "activation"],
    );
    expect(trial!.maps.map(({ map }) => map)).toEqual([...known, "random"]);
    const patches = trial!.grid ** 2;
    for (const { deletion, insertion, words } of trial!.maps) {
      expect(deletion.probability).toHaveLength(4);
      expect(deletion.probability[0]).toBeCloseTo(insertion.probability[3]!, 5);
      expect(deletion.probability[3]).toBeCloseTo(insertion.probability[0]!, 5);
      for (const p of [...deletion.probability, ...insertion.probability]) {
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
      }
      expect(words).toHaveLength(trial!.words.length);
      for (const { correlation = 0, pointing } of words) {
        expect(Math.abs(correlation)).toBeLessThanOrEqual(1 + 1e-9);
        expect(pointing).toBeUndefined();
      }
    }
    expect(trial!.drops).toHaveLength(trial!.words.length);
    for (const drops of trial!.drops) expect(drops).toHaveLength(patches);
  });

  test("the same seed gives the same numbers, whatever the batch; another seed another chance", async () => {
    const model = await open();
    const measure = (batch: number, seed: number) =>
      measureFaithfulness(model, [{ picture: beach }], { ...asked, maps: ["mean"], batch, seed });
    const [[first], [again], [other]] = await Promise.all([measure(3, 1), measure(16, 1), measure(16, 2)]);
    for (const [index, { map, deletion, words }] of first!.maps.entries()) {
      expect(map).toBe(again!.maps[index]!.map);
      expect(deletion.auc).toBeCloseTo(again!.maps[index]!.deletion.auc, 5);
      for (const [word, { drop }] of words.entries())
        expect(drop).toBeCloseTo(again!.maps[index]!.words[word]!.drop, 4);
    }
    expect(other!.maps[0]!.deletion.auc).toBeCloseTo(first!.maps[0]!.deletion.auc, 5);
    expect(other!.maps[1]!.deletion.auc).not.toBe(first!.maps[1]!.deletion.auc);
  });
});

test("what a family does not tell is refused by name, and so is a map that there is not", async () => {
  const { attention, ...blind } = smallModel();
  await expect(measureFaithfulness(blind, [{ picture: beach }])).rejects.toMatchObject({ code: "no-attention" });
  const { openScorer: _, ...silent } = attention!;
  const mute = measureFaithfulness({ ...blind, attention: silent }, [{ picture: beach }]);
  await expect(mute).rejects.toThrow("small cannot say how likely a text is");
  const { gradients: __, ...plain } = attention!;
  const none = measureFaithfulness({ ...blind, attention: plain }, [{ picture: beach }], { maps: ["gradient"] });
  await expect(none).rejects.toThrow("small does not tell the map gradient. It has mean, max, rollout.");
});

test("a set: means with intervals, and differences to chance on the same pictures and words", async () => {
  const model = smallModel();
  const mask = { width: 4, height: 3, pixels: Uint8Array.from({ length: 12 }, (_, place) => Number(place < 8)) };
  const pictures = ["a dog runs", "the dog", "no cat is here", "dogs"].map((caption) => ({ caption }));
  const trials = [];
  for (const { caption } of pictures) {
    const segments = [{ category: "dog", attributes: [], mask }];
    trials.push(...(await measureFaithfulness(model, [{ picture: beach, segments }], { ...quick, caption })));
  }
  const verdict = sumUp(trials, { resamples: 200 });
  expect(verdict).toMatchObject({ pictures: 4, words: 10, named: 3 });
  for (const { map, measures } of verdict.maps) {
    expect(Object.keys(measures)).toEqual(["deletion", "insertion", "correlation", "drop", "pointing", "energy"]);
    for (const { score, low, high, difference } of Object.values(measures)) {
      expect(low).toBeLessThanOrEqual(score + 1e-12);
      expect(high).toBeGreaterThanOrEqual(score - 1e-12);
      if (map === "random") expect(difference).toBeUndefined();
      else expect(difference!.low).toBeLessThanOrEqual(difference!.difference + 1e-12);
    }
  }
  const aucs = trials.map(({ maps }) => maps[0]!.deletion.auc);
  expect(verdict.maps[0]!.measures.deletion!.score).toBeCloseTo(aucs.reduce((sum, auc) => sum + auc, 0) / 4, 10);
  const chance = verdict.maps.at(-1)!.measures.deletion!.score;
  const { difference } = verdict.maps[0]!.measures.deletion!;
  expect(difference!.difference).toBeCloseTo(verdict.maps[0]!.measures.deletion!.score - chance, 10);
  expect(sumUp(trials, { resamples: 200 })).toEqual(verdict);
});

test("a measure of one picture only has no interval and is no better than chance for certain", async () => {
  const model = smallModel();
  const mask = { width: 4, height: 3, pixels: Uint8Array.from({ length: 12 }, (_, place) => Number(place < 8)) };
  const trials = [];
  for (const [caption, category] of [
    ["a dog runs", "dog"],
    ["no cat is here", "car"],
  ] as const) {
    const segments = [{ category, attributes: [], mask }];
    trials.push(...(await measureFaithfulness(model, [{ picture: beach, segments }], { ...quick, caption })));
  }
  const { maps } = sumUp(trials, { resamples: 200 });
  expect(maps[0]!.measures.energy).toMatchObject({ pictures: 1 });
  expect(maps[0]!.measures.energy!.difference).toBeUndefined();
  expect(maps[0]!.measures.drop).toMatchObject({ pictures: 2 });
  expect(maps[0]!.measures.drop!.difference).toBeDefined();
  const alone = sumUp(trials.slice(0, 1)).maps[0]!.measures;
  expect(Object.values(alone).map(({ difference }) => difference)).toEqual(Array(6).fill(undefined));
});
