import { expect, test } from "vitest";
import { coverPatches, energyOn, pointAt, uniteMasks } from "../../../../harness/attention/faithfulness/coverage.js";
import { findNamedThings, wordsOfSegments } from "../../../../harness/attention/faithfulness/named-things.js";
import type { Mask } from "../../../../harness/formats/run-length.js";
import type { Segment } from "../../../../harness/formats/segments.js";

const rectangle = (left: number, top: number, right: number, bottom: number, width = 8, height = 8): Mask => ({
  width,
  height,
  pixels: Uint8Array.from({ length: width * height }, (_, place) => {
    const [x, y] = [place % width, Math.floor(place / width)];
    return Number(x >= left && x < right && y >= top && y < bottom);
  }),
});

const words = (text: string) => text.split(" ").map((each) => ({ text: each }));
const thing = (category: string, mask: Mask, ...attributes: string[]): Segment => ({ category, attributes, mask });

test("nouns and the colours before them name what is there; what is not there, or looks otherwise, names nothing", () => {
  const synonyms = "dog, dog, dogs, hund\nteddy bear, teddy bear, teddy bears, teddy\ncar, car, cars";
  const segments = [
    thing("dog", rectangle(0, 0, 2, 2), "red", "big"),
    thing("dog", rectangle(4, 0, 6, 2), "red", "big"),
    thing("teddy bear", rectangle(0, 4, 2, 6), "blue", "small"),
  ];
  const found = findNamedThings(
    words("two big red dogs and a green teddy bear behind a red car"),
    segments,
    wordsOfSegments({ synonyms }),
  );
  expect(found.map(({ word, category }) => [word, category])).toEqual([
    [1, "dog"],
    [2, "dog"],
    [3, "dog"],
    [7, "teddy bear"],
    [8, "teddy bear"],
  ]);
  expect(found[0]!.mask).toEqual(uniteMasks([segments[0]!.mask, segments[1]!.mask]));
  expect(found[4]!.mask).toEqual(segments[2]!.mask);
});

test("without words of its own a file has CHAIR's for COCO", () => {
  const segments = [thing("person", rectangle(0, 0, 2, 2)), thing("hot dog", rectangle(4, 4, 8, 8))];
  const found = findNamedThings(words("A woman eats hot dogs and cake"), segments, wordsOfSegments({}));
  expect(found.map(({ word, category }) => [word, category])).toEqual([
    [1, "person"],
    [3, "hot dog"],
    [4, "hot dog"],
  ]);
});

test("a category that no list has is called by its own name", () => {
  const segments = [thing("Unicorn", rectangle(0, 0, 2, 2)), thing("Rubber duck", rectangle(4, 4, 8, 8))];
  const objects = wordsOfSegments({}, ["Unicorn", "Rubber duck", "person", ""]);
  const found = findNamedThings(words("two unicorns and a rubber duck and a man"), segments, objects);
  expect(found.map(({ word, category }) => [word, category])).toEqual([
    [1, "unicorn"],
    [4, "rubber duck"],
    [5, "rubber duck"],
  ]);
});

test("a mask in patches: shares, and what points at it; the model's square is what counts", async () => {
  const stretched = await coverPatches(rectangle(0, 0, 4, 2, 8, 8), { framing: { kind: "stretch", size: 16 } }, 4);
  expect([...stretched!.shares]).toEqual([1, 1, ...Array(14).fill(0)]);
  expect([...stretched!.hits].slice(0, 8)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  expect(pointAt([0, 5, 1, ...Array(13).fill(0)], stretched!)).toBe(1);
  expect(pointAt([0, 1, 5, ...Array(13).fill(0)], stretched!)).toBe(0);
  // Two brightest patches, one of them on the thing.
  expect(pointAt([0, 5, 5, ...Array(13).fill(0)], stretched!)).toBe(0.5);
  expect(energyOn([1, 1, 2, ...Array(13).fill(0)], stretched!)).toBe(0.5);
  expect(energyOn(Array(16).fill(0), stretched!)).toBeUndefined();
  // Of a wide picture the middle is seen: what lies at its side is not in it.
  const crop = { framing: { kind: "center-crop", size: 16 } } as const;
  const cropped = await coverPatches(rectangle(4, 0, 8, 8, 16, 8), crop, 4);
  expect([...cropped!.shares].map((share) => Math.round(share))).toEqual(Array(4).fill([1, 1, 0, 0]).flat());
  expect(await coverPatches(rectangle(0, 0, 3, 8, 16, 8), crop, 4)).toBeUndefined();
});

test("what points at a thing near it is found in a fine grid, too", async () => {
  // 15 of 224 pixels are 1.6 of 24 patches: from the middle of a patch to the thing's edge.
  const fine = await coverPatches(
    rectangle(120, 120, 130, 130, 240, 240),
    { framing: { kind: "stretch", size: 16 } },
    24,
  );
  const hit = [...fine!.hits.keys()].filter((patch) => fine!.hits[patch] === 1);
  const away = (patch: number) => {
    const beyond = (place: number) => Math.max(0, 12 - place, place - 13);
    return Math.hypot(beyond((patch % 24) + 0.5), beyond(Math.floor(patch / 24) + 0.5));
  };
  expect(hit).toEqual(
    Array.from({ length: 576 }, (_, patch) => patch).filter((patch) => away(patch) <= (24 * 15) / 224),
  );
});
