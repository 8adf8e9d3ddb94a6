import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { renderScene } from "../../../harness/toybox/drawing/render.js";
import { drawScene } from "../../../harness/toybox/drawing/svg.js";
import { BACKGROUNDS, COLORS, type Color, KIND_NAMES, type Kind } from "../../../harness/toybox/world/kinds.js";
import type { Scene } from "../../../harness/toybox/world/scene.js";

const alone = (kind: Kind, color: Color, size: "small" | "big" = "big"): Scene => ({
  background: "snow",
  groups: [{ kind, color, size, count: 1 }],
  relations: [],
});
const random = createRandom(11);

async function pixels(scene: Scene): Promise<Uint8Array> {
  return sharp(Buffer.from(drawScene(scene, random.fork("same"))))
    .removeAlpha()
    .raw()
    .toBuffer();
}

describe("drawings", () => {
  test.each(KIND_NAMES)("%s takes the colour it should, and no two colours look alike", async (kind) => {
    const images = await Promise.all(COLORS.map((color) => pixels(alone(kind, color))));
    for (const [i, image] of images.entries()) {
      for (const other of images.slice(0, i)) {
        let different = 0;
        for (let p = 0; p < image.length; p += 3) {
          const distance = [0, 1, 2].reduce((sum, c) => sum + Math.abs(image[p + c]! - other[p + c]!), 0);
          if (distance > 60) different++;
        }
        expect(different).toBeGreaterThan(350); // of 16,384 pixels: a small thing's worth
      }
    }
  });

  test("a big thing covers more than a small one", async () => {
    const covered = async (kind: Kind, size: "small" | "big"): Promise<number> => {
      const [red, blue] = await Promise.all([pixels(alone(kind, "red", size)), pixels(alone(kind, "blue", size))]);
      return red!.filter((value, i) => Math.abs(value - blue![i]!) > 20).length;
    };
    for (const kind of KIND_NAMES)
      expect(await covered(kind, "big")).toBeGreaterThan(1.5 * (await covered(kind, "small")));
  });

  test("no two kinds are the same drawing", () => {
    expect(new Set(KIND_NAMES.map((kind) => drawScene(alone(kind, "red"), random.fork(0)))).size).toBe(
      KIND_NAMES.length,
    );
  });
});

describe("pictures", () => {
  const scene = alone("dog", "red");

  test("the same stream gives the same bytes, another one another picture", async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((label) => renderScene(scene, random.fork(label))));
    expect(first!.equals(again!)).toBe(true);
    expect(first!.equals(other!)).toBe(false);
  });

  test.each(["jpeg", "png"] as const)("are %s files of 128 by 128 pixels", async (format) => {
    for (const background of BACKGROUNDS) {
      const image = await renderScene({ ...scene, background }, random, format);
      const { format: found, width, height, channels } = await sharp(image).metadata();
      expect({ found, width, height, channels }).toEqual({ found: format, width: 128, height: 128, channels: 3 });
    }
  });
});
