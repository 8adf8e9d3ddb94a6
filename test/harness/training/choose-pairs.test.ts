import { expect, test } from "vitest";
import type { WebPair } from "../../../harness/formats/web-pair.js";
import { createRandom } from "../../../harness/random.js";
import { choosePairs, type PairChoice } from "../../../harness/training/choose-pairs.js";

const COUNT = 1000;

async function* shard(path: string): AsyncGenerator<WebPair> {
  for (let i = 0; i < COUNT; i++) yield { id: `${path}: ${i}`, text: `text ${i}`, image: Buffer.from([i]) };
}

async function choose(choice: Omit<PairChoice, "random">, path = "there/train-0.tar", seed = 1) {
  const chosen: { place: number; text: string; image: Buffer }[] = [];
  for await (const { id, text, image } of choosePairs(shard(path), path, { ...choice, random: createRandom(seed) })) {
    chosen.push({ place: Number(id.split(": ")[1]), text, image });
  }
  return chosen;
}

test("without a wish all pairs are as they were", async () => {
  expect((await choose({})).map(({ text }) => text)).toEqual(Array.from({ length: COUNT }, (_, i) => `text ${i}`));
});

test("a share of the pairs: as many, the same ones wherever the shard lies, and part of a larger share", async () => {
  const places = async (pairShare: number, path?: string, seed?: number) =>
    (await choose({ pairShare }, path, seed)).map(({ place }) => place);
  const [eighth, half] = [await places(1 / 8), await places(1 / 2)];
  // five standard deviations of 1,000 draws
  expect(Math.abs(eighth.length - COUNT / 8)).toBeLessThan(53);
  expect(Math.abs(half.length - COUNT / 2)).toBeLessThan(80);
  expect(eighth.every((place) => half.includes(place))).toBe(true);
  expect(await places(1 / 8, "/elsewhere/train-0.tar")).toEqual(eighth);
  expect(await places(1 / 8, undefined, 2)).not.toEqual(eighth);
});

test.each([0.2, 0.5, 1])(
  "%d of the pairs have another picture's text, and every picture is there once",
  async (wrongPairs) => {
    const pairs = await choose({ wrongPairs });
    expect(pairs.map(({ place }) => place).sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    for (const { place, image } of pairs) expect(image).toEqual(Buffer.from([place]));
    const wrong = pairs.filter(({ place, text }) => text !== `text ${place}`);
    expect(Math.abs(wrong.length - COUNT * wrongPairs)).toBeLessThan(80);
    expect(await choose({ wrongPairs })).toEqual(pairs);
  },
);
