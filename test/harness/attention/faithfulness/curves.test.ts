import { expect, test } from "vitest";
import { blurPicture, exchangePatches } from "../../../../harness/attention/faithfulness/blurred-patches.js";
import { averageCurves, traceCurves } from "../../../../harness/attention/faithfulness/curves.js";
import {
  averageMaps,
  countChanged,
  drawRandomMap,
  orderPatches,
} from "../../../../harness/attention/faithfulness/patch-orders.js";
import type { TextScorer } from "../../../../harness/models/text-scorer.js";
import { createRandom } from "../../../../harness/random.js";

const GRID = 4;
const SIDE = 8;
const PATCHES = GRID ** 2;

function pictureOf(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: SIDE * SIDE * 3 }, () => random.normal());
}

/** A text of two tokens that is likely while one patch is as it was, and unlikely else. */
function scorerOf(picture: Float32Array, patch: number): TextScorer {
  const [top, left] = [2 * Math.floor(patch / GRID), 2 * (patch % GRID)];
  const place = 3 * (top * SIDE + left);
  return {
    score: async (_, conditions) =>
      conditions.map(({ image }) => {
        const isThere = image![place] === picture[place];
        return Float32Array.of(Math.log(isThere ? 0.9 : 0.1), Math.log(isThere ? 0.9 : 0.1));
      }),
    close: async () => {},
  };
}

const options = { grid: GRID, steps: PATCHES, blur: 1 };
const said = (image: Float32Array) => ({ example: { image, prompt: [] }, tokens: [1, 2] });
const starting = (first: number) => [first, ...Array.from({ length: PATCHES }, (_, i) => i).filter((i) => i !== first)];

test("a text that depends on one patch falls as soon as that is blurred, and rises as soon as it is revealed", async () => {
  const picture = pictureOf(1);
  const last = starting(5).reverse();
  const [good, bad] = await traceCurves(scorerOf(picture, 5), said(picture), [starting(5), last], options);
  expect(good!.deletion.probability.map((p) => Number(p.toFixed(4)))).toEqual([0.9, ...Array(PATCHES).fill(0.1)]);
  expect(good!.insertion.probability.map((p) => Number(p.toFixed(4)))).toEqual([0.1, ...Array(PATCHES).fill(0.9)]);
  // A trapezoid at the step, the rest flat.
  expect(good!.deletion.auc).toBeCloseTo((0.5 + 15 * 0.1) / 16, 6);
  expect(good!.insertion.auc).toBeCloseTo((0.5 + 15 * 0.9) / 16, 6);
  expect(bad!.deletion.auc).toBeCloseTo((0.5 + 15 * 0.9) / 16, 6);
  expect(bad!.insertion.auc).toBeCloseTo((0.5 + 15 * 0.1) / 16, 6);
  expect(averageCurves([good!.deletion, bad!.deletion]).auc).toBeCloseTo(0.5, 6);
});

test("random orders are symmetric: deleting and inserting are each other's mirror, and no patch comes first more often", async () => {
  const picture = pictureOf(2);
  const random = createRandom(3);
  const orders = Array.from({ length: 400 }, () => orderPatches(drawRandomMap(PATCHES, random)));
  const curves = await traceCurves(scorerOf(picture, 9), said(picture), orders, options);
  for (const { deletion, insertion } of curves) expect(deletion.auc + insertion.auc).toBeCloseTo(1, 6);
  expect(averageCurves(curves.map(({ deletion }) => deletion)).auc).toBeCloseTo(0.5, 1);
  for (let patch = 0; patch < PATCHES; patch++) {
    const firsts = orders.filter(([first]) => first === patch).length;
    expect(firsts).toBeGreaterThan(5); // 25 are expected
    expect(firsts).toBeLessThan(60);
  }
});

test("patches by their map: the brightest first, of equal ones the first; steps from none to all", () => {
  expect(orderPatches([0.2, 0.5, 0.2, 0.9])).toEqual([3, 1, 0, 2]);
  expect(countChanged(10, 36)).toEqual([0, 4, 7, 11, 14, 18, 22, 25, 29, 32, 36]);
  expect(countChanged(4, 2)).toEqual([0, 1, 1, 2, 2]);
  // A word with large numbers counts as much as one with small numbers, and one without any says nothing.
  const mean = averageMaps([Float32Array.of(300, 100), Float32Array.of(0.25, 0.75), Float32Array.of(0, 0)]);
  expect([...mean]).toEqual([0.5, 0.5]);
});

test("blur keeps what is even, takes the mean of what is not, and changes the chosen patches alone", () => {
  const even = new Float32Array(SIDE * SIDE * 3).fill(0.7);
  for (const value of blurPicture(even, SIDE, 2)) expect(value).toBeCloseTo(0.7, 6);
  const dot = new Float32Array(SIDE * SIDE * 3);
  dot[3 * (4 * SIDE + 4) + 1] = 1;
  const blurred = blurPicture(dot, SIDE, 1);
  expect(blurred.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3);
  expect(blurred[3 * (4 * SIDE + 3) + 1]).toBeCloseTo(blurred[3 * (3 * SIDE + 4) + 1]!, 6);
  expect(blurred.filter((value, index) => index % 3 !== 1 && value !== 0)).toHaveLength(0);
  const picture = pictureOf(4);
  const mixed = exchangePatches(picture, even, [0, 6], { side: SIDE, grid: GRID });
  const changed = [...mixed.keys()].filter((place) => mixed[place] !== picture[place]);
  const patchOf = (place: number) => {
    const pixel = Math.floor(place / 3);
    return 4 * Math.floor(Math.floor(pixel / SIDE) / 2) + Math.floor((pixel % SIDE) / 2);
  };
  expect([...new Set(changed.map(patchOf))]).toEqual([0, 6]);
  expect(changed).toHaveLength(2 * 4 * 3);
});
