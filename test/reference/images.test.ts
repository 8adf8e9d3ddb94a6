import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeImage, loadImages } from "../../harness/images/index.js";
import { createRandom } from "../../harness/random.js";

const shared = process.env.SIMVLM_SHARED ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const folder = join(shared, "data", "coco-photos", "images");
const missing = !existsSync(folder);
if (missing)
  console.warn(`Skipped: the COCO photographs are not at ${folder}; name the shared folder in SIMVLM_SHARED.`);
const files = missing ? [] : readdirSync(folder).map((name) => join(folder, name));

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

describe.skipIf(missing)("the COCO photographs", () => {
  it.each(["stretch", "center-crop"] as const)("load as 224 × 224 pixels in [-1, 1] (%s)", async (kind) => {
    const results = await loadImages(files, { framing: { kind, size: 224 } });
    expect(results).toHaveLength(29);
    for (const [i, result] of results.entries()) {
      if (!result.ok) throw result.error;
      const { width, height, data } = result.image;
      expect([result.name, width, height, data.length]).toEqual([files[i], 224, 224, 224 * 224 * 3]);
      let least = 1;
      let most = -1;
      for (const value of data) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      expect(least).toBeGreaterThanOrEqual(-1);
      expect(most).toBeLessThanOrEqual(1);
      expect(most - least).toBeGreaterThan(1);
    }
  });

  it("keep their mean colour when they are shrunk", async () => {
    for (const file of files.slice(0, 8)) {
      const whole = await decodeImage(file);
      for (const kernel of ["bicubic", "bilinear"] as const) {
        const small = await decodeImage(file, { framing: { kind: "stretch", size: 96 }, kernel });
        expect(Math.abs(mean(small.data) - mean(whole.data))).toBeLessThan(1);
      }
    }
  });

  it("give crops by the seed alone, each of another place", async () => {
    const load = async (seed: number) => {
      const random = createRandom(seed);
      const results = await loadImages(files.slice(0, 6), { framing: { kind: "random-crop", size: 64, random } });
      return results.map((result) => (result.ok ? mean(result.image.data) : Number.NaN));
    };
    expect(await load(1)).toEqual(await load(1));
    expect(new Set([...(await load(1)), ...(await load(2))]).size).toBe(12);
  });

  it("cut short, are refused by name while the rest of the batch loads", async () => {
    const sources = files.map((name, i) => {
      const bytes = readFileSync(name);
      return { name, bytes: i % 3 === 0 ? bytes.subarray(0, bytes.length * 0.7) : bytes };
    });
    const results = await loadImages(sources, { framing: { kind: "stretch", size: 32 } });
    for (const [i, result] of results.entries()) {
      expect(result.ok).toBe(i % 3 !== 0);
      if (!result.ok) expect(result.error.message).toContain(files[i]);
    }
  });
});
