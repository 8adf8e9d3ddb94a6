import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  decodeImage,
  decodeReference,
  loadImage,
  type PublishedPreparation,
  type ReferenceOptions,
  showImage,
} from "../../../harness/images/index.js";
import { HEIGHT, plain, QUARTERS, quarters, WIDTH } from "./samples.js";

/* What Pillow's Image.open(file).convert("RGB") gives; the values in question were computed with Pillow 13.0. */

const decode = (bytes: Uint8Array, options?: ReferenceOptions) => decodeReference({ name: "sample", bytes }, options);

/** A PNG of one row. @param depth bits of a value @param kind 0 grey, 2 colour, 3 palette */
function png(depth: number, kind: number, row: readonly number[], chunks: Record<string, readonly number[]>): Buffer {
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const numbers = [data.length, crc32(body)].map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    });
    return Buffer.concat([numbers[0]!, body, numbers[1]!]);
  };
  const samples = kind === 2 ? 3 : 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", Uint8Array.of(0, 0, 0, (8 * row.length) / (depth * samples), 0, 0, 0, 1, depth, kind, 0, 0, 0)),
    ...Object.entries(chunks).map(([name, data]) => chunk(name, Uint8Array.from(data))),
    chunk("IDAT", deflateSync(Uint8Array.of(0, ...row))),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** A GIF of 3 × 2 pixels with a frame of 2 × 1 at (1, 1), colours 1 and 2 of four; colour 2 is transparent. */
const GIF = Buffer.from(
  [
    "474946383961030002009100000000000a141e28323c46505a", // 3 × 2 pixels and a table of four colours
    "21f904010000020021fe026869002c01000100020001000002028c0a003b", // transparent colour, a comment, the frame
  ].join(""),
  "hex",
);

describe("decodeReference", () => {
  it.each([2, 3, 6, 8])("does not turn a picture of EXIF orientation %i, but tells", async (orientation) => {
    const bytes = await quarters().withMetadata({ orientation }).png().toBuffer();
    const { width, height, data, unturned } = await decode(bytes);
    expect([width, height, unturned]).toEqual([WIDTH, HEIGHT, true]);
    expect([...data.subarray(0, 3)]).toEqual(QUARTERS.red);
    expect((await decode(await quarters().png().toBuffer())).unturned).toBe(false);
  });

  it("turns a TIFF, as Pillow does", async () => {
    const bytes = await quarters().withMetadata({ orientation: 6 }).tiff().toBuffer();
    expect(await decode(bytes)).toMatchObject({ width: HEIGHT, height: WIDTH, unturned: false });
  });

  it.each([
    ["RGB", plain(200, 100, 50, 0.4).png(), [200, 100, 50]],
    ["grey", plain(90, 90, 90, 0.2).toColourspace("b-w").png(), [90, 90, 90]],
    ["16 bits of RGB", plain(200, 100, 50, 0.4).toColourspace("rgb16").png(), [200, 100, 50]],
    ["WebP", plain(200, 100, 50, 0.4).webp({ lossless: true }), [200, 100, 50]],
  ])("drops the transparency of %s and keeps the colour", async (_, sample, colour) => {
    expect([...(await decode(await sample.toBuffer())).data.subarray(0, 3)]).toEqual(colour);
  });

  it("applies no colour profile", async () => {
    const bytes = await quarters().withIccProfile("p3").png().toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect(Buffer.from((await decode(bytes)).data)).toEqual(stored);
    expect(Buffer.from((await decodeImage({ name: "sample", bytes })).data)).not.toEqual(stored);
  });

  it("converts CMYK by subtraction", async () => {
    const inks = [0, 0, 0, 0, 255, 0, 0, 0, 10, 200, 77, 30, 128, 128, 128, 128, 3, 5, 250, 255, 90, 10, 60, 200];
    const bytes = cmykTiff(inks);
    expect(Buffer.from((await decode(bytes)).data).toString("hex")).toBe("ffffff00ffffd8319d3f3f3f00000024352a");
  });

  it("takes the upper half of 16 bits", async () => {
    expect([...(await decode(png(16, 0, [1, 255, 128, 0, 255, 255], {}))).data]).toEqual([
      ...[1, 1, 1],
      ...[128, 128, 128],
      ...[255, 255, 255],
    ]);
  });

  const colours = [10, 20, 30, 40, 50, 60, 70, 80, 90];
  it.each([
    ["a palette's one transparent entry", png(8, 3, [0, 1, 2], { PLTE: colours, tRNS: [255, 0] }), 1],
    ["a colour", png(8, 2, colours, { tRNS: [0, 40, 0, 50, 0, 60] }), 1],
    ["a grey", png(8, 0, [10, 20, 30], { tRNS: [0, 30] }), 2],
    ["black of one bit", png(1, 0, [0b01111111], { tRNS: [0, 0] }), 0],
  ])("keeps %s, or makes it white where the processor does", async (_, bytes, index) => {
    const { data: kept } = await decode(bytes);
    const { data: white } = await decode(bytes, { transparentColour: "white" });
    const expected = Uint8Array.from(kept);
    expected.fill(255, 3 * index, 3 * index + 3);
    expect([...kept.subarray(3 * index, 3 * index + 3)]).not.toEqual([255, 255, 255]);
    expect([...white.subarray(0, 9)]).toEqual([...expected.subarray(0, 9)]);
  });

  it.each([
    ["two transparent entries", png(8, 3, [0, 1, 2], { PLTE: colours, tRNS: [0, 0] })],
    ["an entry transparent in part", png(8, 3, [0, 1, 2], { PLTE: colours, tRNS: [255, 128] })],
    ["no entry that is", png(8, 3, [0, 1, 2], { PLTE: colours, tRNS: [255, 255] })],
    ["white of two bits, which Pillow does not scale", png(2, 0, [0b00011011], { tRNS: [0, 3] })],
  ])("makes nothing white of %s", async (_, bytes) => {
    expect((await decode(bytes, { transparentColour: "white" })).data).toEqual((await decode(bytes)).data);
  });

  it("gives a GIF's transparent colour, around its frame too", async () => {
    const [first, second] = [
      [10, 20, 30],
      [40, 50, 60],
    ];
    const around = [second, second, second, second].flat();
    expect([...(await decode(GIF)).data]).toEqual([...around, ...first!, ...second!]);
    expect([...(await decode(GIF, { transparentColour: "white" })).data]).toEqual([
      ...around.map(() => 255),
      ...first!,
      ...[255, 255, 255],
    ]);
  });

  it("refuses by name what is broken or too large", async () => {
    await expect(decode(Buffer.from("no picture"))).rejects.toMatchObject({ code: "broken-image" });
    await expect(decode(new Uint8Array())).rejects.toMatchObject({ code: "broken-image" });
    const bytes = await quarters().jpeg().toBuffer();
    await expect(decode(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({ code: "broken-image" });
    await expect(decode(bytes, { maxPixels: 799 })).rejects.toMatchObject({
      code: "image-too-large",
      message: expect.stringContaining("sample is 40 × 20"),
    });
    await expect(decodeReference("no/such.jpg")).rejects.toMatchObject({ code: "missing-image" });
  });
});

/** An uncompressed TIFF of one row. @param inks `[pixels, 4]` */
function cmykTiff(inks: readonly number[]): Buffer {
  const SHORT = 3;
  const LONG = 4;
  const entries = 10;
  const after = 8 + 2 + 12 * entries + 4;
  const fields: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, LONG, 1, inks.length / 4], // width
    [257, LONG, 1, 1], // height
    [258, SHORT, 4, after], // bits of each sample
    [259, SHORT, 1, 1], // no compression
    [262, SHORT, 1, 5], // CMYK
    [273, LONG, 1, after + 8], // where the pixels are
    [277, SHORT, 1, 4], // samples
    [278, LONG, 1, 1], // rows
    [279, LONG, 1, inks.length], // bytes
    [284, SHORT, 1, 1], // pixel after pixel
  ];
  const head = Buffer.alloc(after);
  head.write("II*\0", "latin1");
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries, 8);
  for (const [i, [tag, type, count, value]] of fields.entries()) {
    head.writeUInt16LE(tag, 10 + 12 * i);
    head.writeUInt16LE(type, 12 + 12 * i);
    head.writeUInt32LE(count, 14 + 12 * i);
    head.writeUInt32LE(value, 18 + 12 * i);
  }
  return Buffer.concat([head, Buffer.from([8, 0, 8, 0, 8, 0, 8, 0]), Buffer.from(inks)]);
}

const PREPARATION: PublishedPreparation = {
  preprocessing: "reference",
  transparentColour: "kept",
  framing: { kind: "stretch", size: 8 },
  kernel: "bicubic",
  rescale: 0.00392156862745098,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

describe("a published model's preparation", () => {
  it("rounds every step to float32", async () => {
    const bytes = png(8, 0, [0, 1, 17, 128, 255, 0, 0, 0], {});
    const framing = { kind: "center-crop", size: 8, resize: "none" } as const;
    const { data } = await loadImage({ name: "greys", bytes }, { ...PREPARATION, framing });
    const row = data.subarray(3 * 8 * 4, 3 * 8 * 4 + 15);
    const expected = [
      [-1.7922625541687012, -1.777664065361023, -1.5440893173217773, 0.07633614540100098, 1.9303361177444458],
      [-1.7520971298217773, -1.7370892763137817, -1.4969650506973267, 0.16889731585979462, 2.0748836994171143],
      [-1.480219841003418, -1.465999722480774, -1.238478660583496, 0.33994877338409424, 2.1458969116210938],
    ];
    expect([0, 1, 2].map((channel) => [...row].filter((_, i) => i % 3 === channel))).toEqual(expected);
  });

  it("shows a turned picture as it is stored, and tells; or upright", async () => {
    const bytes = await quarters().withMetadata({ orientation: 3 }).png().toBuffer();
    const source = { name: "turned", bytes };
    const stored = await loadImage(source, PREPARATION);
    const upright = await loadImage(source, { ...PREPARATION, preprocessing: "upright" });
    expect([stored.unturned, upright.unturned]).toEqual([true, undefined]);
    const pixels = (data: Float32Array) => Array.from({ length: 64 }, (_, i) => data.subarray(3 * i, 3 * i + 3));
    expect(pixels(upright.data).reverse()).toEqual(pixels(stored.data));
  });

  it("lays transparency over white where pictures are upright", async () => {
    const source = { name: "clear", bytes: await plain(200, 100, 50, 0).png().toBuffer() };
    const raw = { ...PREPARATION, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
    expect([...(await loadImage(source, raw)).data.subarray(0, 3)]).toEqual([200, 100, 50]);
    const upright = await loadImage(source, { ...raw, preprocessing: "upright" });
    expect([...upright.data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });
});

describe("showImage", () => {
  const source = async (orientation = 1) => {
    return { name: "quarters", bytes: await quarters().withMetadata({ orientation }).png().toBuffer() };
  };

  it("shows all of a picture that is stretched, in its proportions", async () => {
    const own = await showImage(await source(6), { framing: { kind: "stretch", size: 8 } });
    expect([own.width, own.height]).toEqual([HEIGHT, WIDTH]);
    const reference = await showImage(await source(6), PREPARATION);
    expect([reference.width, reference.height]).toEqual([WIDTH, HEIGHT]);
    const upright = await showImage(await source(6), { ...PREPARATION, preprocessing: "upright" });
    expect(upright).toEqual(own);
  });

  it.each([
    ["our own", { framing: { kind: "center-crop", size: 10 } } as const],
    [
      "a published",
      { ...PREPARATION, framing: { kind: "center-crop", size: 10, resize: { shorterSide: 10 } } } as const,
    ],
  ])("shows what is left of a crop of %s model, larger", async (_, preparation) => {
    const { width, height, data } = await showImage(await source(), preparation);
    expect([width, height]).toEqual([440, 440]);
    const at = (x: number, y: number) => [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
    // The middle 20 × 20 of 40 × 20: each quarter has a quarter of it.
    expect([at(5, 5), at(435, 5), at(5, 435), at(435, 435)]).toEqual(Object.values(QUARTERS));
  });
});
