import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodeImage, type Framing, type RgbImage, sampleCrop } from "../../../harness/images/index.js";
import { createRandom, type Random } from "../../../harness/random.js";
import { quarters } from "./samples.js";

/** A grey picture whose value at (x, y) is given. */
function picture(width: number, height: number, value: (x: number, y: number) => number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

const decode = (bytes: Uint8Array, framing?: Framing, kernel: "bicubic" | "bilinear" = "bicubic"): Promise<RgbImage> =>
  decodeImage({ name: "sample", bytes }, framing === undefined ? {} : { framing, kernel });

const valueAt = (image: RgbImage, x: number, y: number): number => image.data[3 * (y * image.width + x)]!;

describe.each(["bicubic", "bilinear"] as const)("resizing with the %s kernel", (kernel) => {
  it("keeps a ramp a ramp, pixel centres aligned", async () => {
    const ramp = await picture(240, 120, (x) => x);
    const image = await decode(ramp, { kind: "stretch", size: 60 }, kernel);
    expect([image.width, image.height]).toEqual([60, 60]);
    for (let x = 3; x < 57; x++) expect(Math.abs(valueAt(image, x, 30) - (4 * x + 1.5))).toBeLessThanOrEqual(1);
  });

  it("averages what is too fine to show (antialiasing)", async () => {
    const checks = await picture(96, 96, (x, y) => 255 * ((x + y) % 2));
    const image = await decode(checks, { kind: "stretch", size: 16 }, kernel);
    for (const value of image.data) expect(Math.abs(value - 127.5)).toBeLessThanOrEqual(6);
  });
});

describe("framing", () => {
  it("centre crop keeps proportions and cuts the middle out", async () => {
    const ramp = await picture(240, 60, (x) => x);
    const image = await decode(ramp, { kind: "center-crop", size: 60 });
    expect([image.width, image.height]).toEqual([60, 60]);
    expect([valueAt(image, 0, 0), valueAt(image, 59, 59)]).toEqual([90, 149]);
  });

  it("random crop shows the sampled box", async () => {
    const bytes = await picture(120, 90, (x, y) => x + y);
    for (let seed = 0; seed < 20; seed++) {
      const box = sampleCrop(120, 90, createRandom(seed));
      const image = await decode(bytes, { kind: "random-crop", size: 8, random: createRandom(seed) });
      const middle = (valueAt(image, 3, 3) + valueAt(image, 4, 4)) / 2;
      expect(Math.abs(middle - (box.left + box.width / 2 + box.top + box.height / 2 - 1))).toBeLessThanOrEqual(2);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("crops an EXIF-turned picture (%i) as it is seen", async (orientation) => {
    const turned = await quarters().withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer();
    const upright = await decode(turned);
    const { data, width, height } = upright;
    const same = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    for (let seed = 0; seed < 5; seed++) {
      const framing = () => ({ kind: "random-crop", size: 12, random: createRandom(seed) }) as const;
      expect((await decode(turned, framing())).data).toEqual((await decode(same, framing())).data);
    }
    // The two passes of the kernel come in the other order when the picture lies on its side: rounding differs.
    const center = { kind: "center-crop", size: 12 } as const;
    const expected = (await decode(same, center)).data;
    const differences = (await decode(turned, center)).data.map((value, i) => Math.abs(value - expected[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(2);
  });

  it.each([0, -1, 1.5, Number.NaN, 20_000])("refuses the size %d", async (size) => {
    const bytes = await quarters().png().toBuffer();
    await expect(decode(bytes, { kind: "stretch", size })).rejects.toMatchObject({ code: "bad-option" });
  });
});

describe("sampleCrop", () => {
  /** A stream that gives the listed values in turn. */
  const scripted = (reals: number[], integers: (n: number) => number): Random => ({
    next: () => reals.shift()!,
    integer: integers,
    normal: () => Number.NaN,
    fork: () => scripted(reals, integers),
  });

  it("takes area, log aspect ratio, top and left in torchvision's order", () => {
    // Area 0.08 + 0.92 / 2 = 0.54 of 10,000; aspect exp(0) = 1: 73 × 73, 28 places each way.
    const asked: number[] = [];
    const random = scripted([0.5, 0.5], (n) => {
      asked.push(n);
      return asked.length;
    });
    expect(sampleCrop(100, 100, random)).toEqual({ left: 2, top: 1, width: 73, height: 73 });
    expect(asked).toEqual([28, 28]);
    // Aspect 4/3 of all of the area does not fit; the second attempt does: 0.08 × 10,000 at 3/4.
    const wide = scripted([1, 1, 0, 0], () => 0);
    expect(sampleCrop(100, 100, wide)).toEqual({ left: 0, top: 0, width: 24, height: 33 });
  });

  it("falls back on the largest central box of a permitted ratio", () => {
    const never = () => scripted(new Array<number>(20).fill(0.999), () => 0);
    expect(sampleCrop(1000, 100, never())).toEqual({ left: 433, top: 0, width: 133, height: 100 });
    expect(sampleCrop(100, 1000, never())).toEqual({ left: 0, top: 433, width: 100, height: 133 });
  });

  it("stays within the picture and the ranges", () => {
    const side = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(side, side, fc.integer(), (width, height, seed) => {
        const box = sampleCrop(width, height, createRandom(seed));
        for (const value of Object.values(box)) expect(Number.isInteger(value)).toBe(true);
        expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(1);
        expect(box.left + box.width).toBeLessThanOrEqual(width);
        expect(box.top + box.height).toBeLessThanOrEqual(height);
        if (Math.min(box.width, box.height) >= 50) {
          expect(box.width / box.height).toBeGreaterThan(0.73);
          expect(box.width / box.height).toBeLessThan(1.37);
        }
      }),
    );
  });

  it("draws areas evenly over the range", () => {
    const random = createRandom(4);
    const shares = Array.from({ length: 5000 }, () => {
      const { width, height } = sampleCrop(600, 600, random, { scale: [0.2, 0.6], ratio: [0.9, 1.1] });
      return (width * height) / 360_000;
    });
    expect(Math.min(...shares)).toBeGreaterThan(0.195);
    expect(Math.max(...shares)).toBeLessThan(0.605);
    expect(shares.reduce((sum, share) => sum + share) / shares.length).toBeCloseTo(0.4, 1);
  });
});
