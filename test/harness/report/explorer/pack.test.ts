import { describe, expect, test } from "vitest";
import { joinHeads, packLooks, packMaps, poolRecord } from "../../../../harness/report/explorer/pack.js";
import { makeExploration } from "./made.js";

const floats = (base64: string) => new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, "base64"));

describe("8 bits a value", () => {
  const { attention, words } = makeExploration();
  const maps = poolRecord(attention, words);
  const packed = packMaps(maps);

  test("come back within half a 255th of each map's range", () => {
    const [least, most, values] = [floats(packed.least), floats(packed.most), bytes(packed.maps)];
    expect(values).toHaveLength(3 * 2 * 5 * 16);
    for (let place = 0; place < least.length; place++) {
      const range = most[place]! - least[place]!;
      const own = [...maps.maps.subarray(place * 16, (place + 1) * 16)];
      expect([least[place], most[place]]).toEqual([Math.min(...own), Math.max(...own)]);
      for (const [patch, value] of own.entries()) {
        const back = least[place]! + (range * values[place * 16 + patch]!) / 255;
        expect(Math.abs(back - value)).toBeLessThanOrEqual((0.5 * range) / 255 + 1e-7);
      }
    }
  });

  test("shares come back as they were", () => {
    expect(floats(packed.image)).toEqual(maps.image);
    expect(floats(packed.prompt)).toEqual(maps.prompt);
    expect(packed.suffix).toBeUndefined();
    maps.image.forEach((share, place) => {
      expect(share + maps.prompt[place]!).toBeCloseTo(1, 5);
    });
  });

  test("an even map, and no map at all", () => {
    const even = { ...maps, layers: 1, heads: 1, maps: new Float32Array(16).fill(0.25) };
    expect(new Set(bytes(packMaps(even).maps))).toEqual(new Set([0]));
    expect(packMaps(poolRecord({ ...attention, tokens: 0, data: new Float32Array() }, [])).maps).toBe("");
  });
});

test("a word that comes twice has two maps: its tokens are found by position", () => {
  const { attention } = makeExploration({ words: ["w", "x", "y", "z", "w"] });
  const words = [
    { text: "dog", start: 0, end: 2 },
    { text: "and", start: 2, end: 3 },
    { text: "dog", start: 3, end: 5 },
  ];
  const maps = poolRecord(attention, words);
  const at = (layer: number, head: number, token: number, key: number) =>
    attention.data[((layer * 2 + head) * 5 + token) * 18 + key]!;
  for (const [word, [first, second]] of [
    [0, [0, 1]],
    [2, [3, 4]],
  ] as const) {
    for (let patch = 0; patch < 16; patch++) {
      const found = maps.maps[((2 * 2 + 1) * 3 + word) * 16 + patch];
      expect(found).toBeCloseTo((at(2, 1, first, patch) + at(2, 1, second, patch)) / 2, 6);
    }
  }
});

test("heads together: mean and maximum at each patch, shares as means", () => {
  const { attention, words } = makeExploration();
  const maps = poolRecord(attention, words);
  const [mean, max] = [joinHeads(maps, "mean"), joinHeads(maps, "max")];
  expect([mean.layers, mean.heads, mean.maps.length]).toEqual([3, 1, 3 * 5 * 16]);
  for (let layer = 0; layer < 3; layer++) {
    for (let index = 0; index < 5 * 16; index++) {
      const heads = [0, 1].map((head) => maps.maps[(layer * 2 + head) * 80 + index]!);
      expect(mean.maps[layer * 80 + index]).toBeCloseTo((heads[0]! + heads[1]!) / 2, 6);
      expect(max.maps[layer * 80 + index]).toBeCloseTo(Math.max(...heads), 6);
    }
  }
  expect(max.image).toEqual(mean.image);
});

test("a small model's heads are all kept; of a large one's control and gradient, only means and maxima", () => {
  const small = makeExploration();
  const control = packLooks(small.control!, small.words, { isControl: true });
  expect(Object.keys(control).sort()).toEqual(["attention", "gradient", "rollout"]);
  expect(control.gradient!.heads).toBe(2);
  const large = makeExploration({ layers: 12, heads: 12, grid: 14 });
  expect(packLooks(large, large.words, { isControl: false })).toMatchObject({
    attention: { layers: 12, heads: 12 },
    gradient: { layers: 12, heads: 1 },
  });
  const means = packLooks(large.control!, large.words, { isControl: true });
  expect(Object.keys(means).sort()).toEqual(["gradient", "max", "mean", "rollout"]);
  expect(means.mean).toMatchObject({ layers: 12, heads: 1 });
});
