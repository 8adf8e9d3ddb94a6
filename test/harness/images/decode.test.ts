import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodeReference } from "../../../harness/images/decode-reference.js";
import { type DecodeOptions, decodeImage, type RgbImage } from "../../../harness/images/index.js";
import { HEIGHT, plain, pngBomb, QUARTERS, quarters, WIDTH } from "./samples.js";

type Color = readonly number[];

const decode = (bytes: Uint8Array, options?: DecodeOptions): Promise<RgbImage> =>
  decodeImage({ name: "sample", bytes }, options);

function pixel({ data, width }: RgbImage, x: number, y: number): Color {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

/** The colours in the middle of the four quarters, by rows. */
function corners(image: RgbImage): Color[] {
  const { width, height } = image;
  const at = (x: number, y: number) => pixel(image, Math.floor(width * x), Math.floor(height * y));
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
}

function expectNear(found: readonly Color[], expected: readonly Color[], tolerance: number): void {
  const distance = Math.max(...found.flatMap((color, i) => color.map((v, c) => Math.abs(v - expected[i]![c]!))));
  expect(distance, `${JSON.stringify(found)} is not ${JSON.stringify(expected)}`).toBeLessThanOrEqual(tolerance);
}

describe("decodeImage", () => {
  const { red, green, blue, grey } = QUARTERS;
  const four = [red, green, blue, grey];

  it.each([
    ["PNG", quarters().png(), 0],
    ["PNG with a palette", quarters().png({ palette: true }), 3],
    ["PNG of 16 bits", quarters().toColourspace("rgb16").png(), 0],
    ["PNG with a Display P3 profile", quarters().withIccProfile("p3").png(), 4],
    ["JPEG", quarters().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }), 3],
    ["progressive JPEG", quarters().jpeg({ quality: 100, chromaSubsampling: "4:4:4", progressive: true }), 3],
    ["WebP", quarters().webp({ lossless: true }), 0],
    ["AVIF", quarters().avif({ lossless: true }), 3],
    ["GIF", quarters().gif(), 3],
    ["TIFF", quarters().tiff({ compression: "lzw" }), 0],
  ])("reads a %s", async (_, sample, tolerance) => {
    const image = await decode(await sample.toBuffer());
    expect([image.width, image.height, image.data.length]).toEqual([WIDTH, HEIGHT, 3 * WIDTH * HEIGHT]);
    expectNear(corners(image), four, tolerance);
  });

  it.each([
    ["grey JPEG", plain(90, 90, 90).toColourspace("b-w").jpeg({ quality: 100 }), [90, 90, 90]],
    ["grey PNG of 16 bits", plain(90, 90, 90).toColourspace("grey16").png(), [90, 90, 90]],
    ["grey PNG with alpha", plain(100, 100, 100, 0.6).toColourspace("b-w").png(), [162, 162, 162]],
    ["PNG with alpha", plain(200, 100, 50, 0.6).png(), [222, 162, 132]],
    ["PNG of 16 bits with alpha", plain(200, 100, 50, 0.6).toColourspace("rgb16").png(), [222, 162, 132]],
    ["transparent WebP", plain(200, 100, 50, 0).webp({ lossless: true }), [255, 255, 255]],
  ])("lays a %s over white and makes it RGB", async (_, sample, color) => {
    expectNear([pixel(await decode(await sample.toBuffer()), 4, 4)], [color], 1);
  });

  it.each([
    ["without a profile", plain(160, 120, 90).toColourspace("cmyk")],
    ["with a profile", plain(160, 120, 90).withIccProfile("cmyk")],
  ])("converts a CMYK JPEG %s to sRGB", async (_, sample) => {
    const bytes = await sample.jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe("cmyk");
    expectNear([pixel(await decode(bytes), 4, 4)], [[160, 120, 90]], 20);
  });

  it("keeps transparency out of a resized edge", async () => {
    const half = Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => {
      const isLeft = (i >> 2) % 64 < 32;
      return isLeft && (i % 4 === 0 || i % 4 === 3) ? 255 : 0;
    });
    const png = await sharp(half, { raw: { width: 64, height: 64, channels: 4 } })
      .png()
      .toBuffer();
    const image = await decode(png, { framing: { kind: "stretch", size: 16 } });
    expect(pixel(image, 2, 8)).toEqual([255, 0, 0]);
    expect(pixel(image, 13, 8)).toEqual([255, 255, 255]);
    for (let x = 0; x < 16; x++) expect(pixel(image, x, 8)[0]).toBeGreaterThan(250);
  });

  it("takes the first frame of an animation", async () => {
    const frames = await Promise.all([plain(250, 0, 0, 1), plain(0, 0, 250, 1)].map((frame) => frame.png().toBuffer()));
    const animation = sharp(frames, { join: { animated: true } });
    for (const bytes of [
      await animation.clone().webp({ lossless: true }).toBuffer(),
      await animation.gif().toBuffer(),
    ]) {
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      const image = await decode(bytes);
      expect([image.width, image.height]).toEqual([8, 8]);
      expectNear([pixel(image, 4, 4)], [[250, 0, 0]], 2);
    }
  });

  it.each([
    [1, [red, green, blue, grey]],
    [2, [green, red, grey, blue]],
    [3, [grey, blue, green, red]],
    [4, [blue, grey, red, green]],
    [5, [red, blue, green, grey]],
    [6, [blue, red, grey, green]],
    [7, [grey, green, blue, red]],
    [8, [green, grey, red, blue]],
  ])("turns a picture of EXIF orientation %i upright", async (orientation, expected) => {
    const bytes = await quarters()
      .withMetadata({ orientation })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const image = await decode(bytes);
    expect([image.width, image.height]).toEqual(orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
    expectNear(corners(image), expected, 3);
  });

  it("reads a file as it reads its bytes", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "images-")), "picture.png");
    const bytes = await quarters().png().toBuffer();
    await writeFile(path, bytes);
    expect(await decodeImage(path)).toEqual(await decode(bytes));
  });

  it("reads a JPEG with stray bytes before its end, as the web has them", async () => {
    const bytes = await quarters().jpeg().toBuffer();
    const stray = Buffer.concat([bytes.subarray(0, -2), Buffer.from([1, 2, 3]), bytes.subarray(-2)]);
    expect((await decode(stray)).data).toEqual((await decode(bytes)).data);
  });
});

describe("a bad image", () => {
  const noise = () =>
    sharp({
      create: {
        width: 300,
        height: 200,
        channels: 3,
        background: "white",
        noise: { type: "gaussian", mean: 128, sigma: 40 },
      },
    });
  const refused = (bytes: Uint8Array, options?: DecodeOptions) =>
    expect(decodeImage({ name: "some/picture.jpg", bytes }, options)).rejects;

  it.each([
    ["JPEG", noise().jpeg()],
    ["progressive JPEG", noise().jpeg({ progressive: true })],
    ["PNG", noise().png()],
    ["WebP", noise().webp()],
    ["GIF", noise().gif()],
  ])("is refused by name when a %s is cut short", async (_, sample) => {
    const bytes = await sample.toBuffer();
    expect((await decode(bytes)).width).toBe(300);
    for (const share of [0.01, 0.5, 0.98]) {
      await refused(bytes.subarray(0, Math.floor(bytes.length * share))).toMatchObject({
        code: "broken-image",
        message: expect.stringMatching(/^some\/picture\.jpg is not a readable image: .*\S/),
      });
    }
  });

  it("is refused when it is no image, or nothing", async () => {
    await refused(Buffer.from("a text named .jpg")).toMatchObject({ code: "broken-image" });
    await refused(Buffer.alloc(0)).toMatchObject({ code: "broken-image", message: expect.stringContaining("empty") });
  });

  it("is refused when it is missing or a folder", async () => {
    const path = join(tmpdir(), "no-such-picture.jpg");
    await expect(decodeImage(path)).rejects.toMatchObject({
      code: "missing-image",
      message: expect.stringContaining(path),
    });
    await expect(decodeImage(tmpdir())).rejects.toMatchObject({ code: "missing-image" });
  });

  it("is refused before it is decoded when it has too many pixels", async () => {
    await refused(await pngBomb(30_000, 30_000)).toMatchObject({
      code: "image-too-large",
      message: expect.stringMatching(/picture\.jpg is 30000 × 30000 pixels; the limit is 64000000/),
    });
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20"/></svg>';
  it.each([
    ["a drawing", svg, "SVG"],
    ["a drawing behind a prologue", `\uFEFF<?xml version="1.0"?>\n<!-- ${"x".repeat(2000)} -->${svg}`, "SVG"],
    ["a drawing behind spaces", ` \n${svg}`, "SVG"],
    ["a drawing in gzip", gzipSync(svg), "none of the formats"],
    ["a document", "%PDF-1.7\n", "PDF"],
    ["a web page", "<!DOCTYPE html><html></html>", "a web page"],
    ["a picture of a telephone", "\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"],
    ["pixels in a text", "P3\n1 1\n255\n0 0 0\n", "none of the formats"],
    ["a program of pixels", "#?RADIANCE\n", "none of the formats"],
  ])("is refused by its content when it is %s", async (_, content, kind) => {
    for (const decodeAs of [decodeImage, decodeReference]) {
      const source = { name: "some/picture.jpg", bytes: Buffer.from(content) };
      await expect(decodeAs(source)).rejects.toMatchObject({
        code: "broken-image",
        message: expect.stringMatching(
          new RegExp(`^some/picture\\.jpg is not a readable image: it is .*${kind}.*JPEG`, "s"),
        ),
      });
    }
  });

  it("is measured against the caller's own limit", async () => {
    const bytes = await noise().jpeg().toBuffer();
    await refused(bytes, { maxPixels: 59_999 }).toMatchObject({ code: "image-too-large" });
    expect((await decode(bytes, { maxPixels: 60_000 })).width).toBe(300);
  });
});
