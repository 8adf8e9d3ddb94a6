import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { readSegments } from "../../../harness/formats/segments.js";
import { createRandom } from "../../../harness/random.js";
import { maskThings } from "../../../harness/toybox/drawing/masks.js";
import { drawThings, toDocument } from "../../../harness/toybox/drawing/svg.js";
import { readFacts } from "../../../harness/toybox/facts-file.js";
import { type GenerateOptions, generateToybox } from "../../../harness/toybox/generate.js";
import { drawScenes, readTree } from "./scenes.js";

const scratch = mkdtempSync(join(tmpdir(), "simvlm-masks-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const draw = (markup: string): Promise<Buffer> =>
  sharp(Buffer.from(toDocument(markup)))
    .removeAlpha()
    .raw()
    .toBuffer();

test("a mask is what changes in the picture when its thing is taken out", async () => {
  for (const [index, scene] of drawScenes(12, 5).entries()) {
    const random = createRandom(index);
    const things = drawThings(scene, random);
    const masks = await maskThings(scene, random);
    expect(masks.map(({ group }) => group)).toEqual(things.map(({ group }) => group));
    // On a ground that no thing has the colour of.
    const ground = '<rect width="128" height="128" fill="#00ffff"/>';
    const whole = await draw(ground + things.map(({ markup }) => markup).join(""));
    for (const [place, { mask }] of masks.entries()) {
      const without = await draw(ground + things.flatMap(({ markup }, i) => (i === place ? [] : [markup])).join(""));
      let [both, either] = [0, 0];
      for (let pixel = 0; pixel < 128 * 128; pixel++) {
        const changed = [0, 1, 2].some((c) => Math.abs(whole[3 * pixel + c]! - without[3 * pixel + c]!) > 40);
        both += Number(changed && mask.pixels[pixel] === 1);
        either += Number(changed || mask.pixels[pixel] === 1);
      }
      // Pixels at the edges are mixed; and of two things of a colour the one may hide that the other is gone.
      if (either > 100) expect(both / either).toBeGreaterThan(0.85);
    }
  }
});

const options: GenerateOptions = {
  ...{ seed: 5, scale: "small", only: ["captions", "nocaps"], splits: ["test"], limit: 4, noise: 0.3 },
};

test("masks stand beside the pictures: each thing there is, with its colour; no pixel has two", async () => {
  const out = join(scratch, "toybox");
  await generateToybox(out, options);
  for (const dataSet of ["captions", "nocaps"]) {
    const segments = await readSegments(join(out, `${dataSet}/masks-test.json`));
    const facts = await readFacts(join(out, `${dataSet}/test-facts.jsonl`));
    expect(segments.images).toEqual([...facts.keys()]);
    for (const [id, { things }] of facts) {
      const found = segments.of(id)!;
      const told = things.flatMap(({ noun, color, size, count = 1 }) => Array(count).fill(`${noun} ${color} ${size}`));
      const named = found.map(({ category, attributes }) => [category, ...attributes].join(" "));
      expect(named.sort()).toEqual(told.sort());
      const covered = new Uint8Array(128 * 128);
      for (const { mask } of found) for (const [pixel, one] of mask.pixels.entries()) covered[pixel]! += one;
      expect(Math.max(...covered)).toBe(1);
    }
    expect(segments.synonyms).toContain("dog, dog, dogs");
  }
});

test("a finished Toybox that lacks them gets them, and all else stays as it is", async () => {
  const [whole, old] = [join(scratch, "whole"), join(scratch, "old")];
  await generateToybox(whole, options);
  await generateToybox(old, options);
  for (const dataSet of ["captions", "nocaps"]) rmSync(join(old, dataSet, "masks-test.json"));
  const { mtimeMs } = statSync(join(old, "captions/test.json"));
  expect(await generateToybox(old, options)).toBe(true);
  expect(readTree(old)).toEqual(readTree(whole));
  expect(statSync(join(old, "captions/test.json")).mtimeMs).toBe(mtimeMs);
  expect(existsSync(`${old}.partial`)).toBe(false);
  expect(await generateToybox(old, options)).toBe(false);
  expect(readFileSync(join(old, "captions/masks-test.json"), "utf8")).toMatch(/^\{"images":\[\{"id":2000001,/);
});
