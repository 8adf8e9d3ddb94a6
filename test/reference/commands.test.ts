import { readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";

const folder = join(sharedFolder, "data", "coco-photos", "images");
const photographs = hasShared ? readdirSync(folder).map((name) => join(folder, name)) : [];

describe.runIf(hasShared)("the COCO photographs", () => {
  test("all are captioned by a random model", async () => {
    const { code, stdout } = await runCli("caption", ...photographs, "--json");
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { image: string; caption: string; logProbability: number }[];
    expect(rows.map(({ image }) => image)).toEqual(photographs);
    for (const { caption, logProbability } of rows) {
      expect(caption).toMatch(/\S/);
      expect(logProbability).toBeLessThan(0);
    }
    // The pictures reach the model: not all are told alike.
    expect(new Set(rows.map(({ logProbability }) => logProbability)).size).toBe(rows.length);
  });

  test.each(photographs.slice(0, 2))("%s: where the model looked", async (photograph) => {
    const out = new Scratch().at("map.png");
    const { code, stdout } = await runCli("attend", photograph, "--out", out, "--json");
    expect(code).toBe(0);
    const { words, grid } = JSON.parse(stdout) as { words: { image: number; map: number[][] }[]; grid: number };
    expect(words.length).toBeGreaterThan(1);
    for (const { map, image } of words) {
      expect(map.flat()).toHaveLength(grid ** 2);
      expect(map.flat().reduce((sum, value) => sum + value, 0)).toBeCloseTo(image, 4);
    }
    const { width, height } = await sharp(out).metadata();
    expect(width! * height!).toBeGreaterThan(500_000);
  });
});
