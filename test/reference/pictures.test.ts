import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  decodeImage,
  decodeReference,
  frameWithPillow,
  loadImage,
  type PillowKernel,
  readPreprocessor,
  type StillPillowFraming,
  type TransparentColour,
} from "../../harness/images/index.js";
import { hasShared, sharedFolder } from "../shared.js";

/*
 * What Pillow 13 and the processors of transformers make of pictures of every awkward kind; see
 * ../shared/reference/models/README.md, "Pictures".
 */

const models = join(sharedFolder, "reference", "models");
const folder = join(models, "preprocess");
const photographs = join(sharedFolder, "data", "coco-photos", "images");

interface Item {
  readonly input: string;
  readonly mode: string;
  readonly sha256_of_decoded_rgb: string;
  readonly decoded_exif_transposed?: string;
  readonly exif_orientation?: number;
  readonly decoded_5x_white?: string;
  readonly expected: Readonly<Record<string, string>>;
  readonly normalised_sample: {
    readonly processor: string;
    readonly at: readonly (readonly [channel: number, row: number, column: number])[];
    readonly values: readonly number[];
  };
}

const readJson = <T>(...names: string[]): T => JSON.parse(readFileSync(join(...names), "utf8")) as T;

const items = hasShared ? readJson<{ items: readonly Item[] }>(folder, "preprocess.json").items : [];
const pathOf = ({ input }: Item) => join(input.startsWith("coco-photos/") ? join(sharedFolder, "data") : folder, input);

/** Pillow makes nearly everything white of 16 bits of grey, which is not copied. */
const isClipped = ({ mode }: Item) => mode.startsWith("I");

/** `clip64`, `blip384`, `vit224`, `git480` */
function processor(name: string) {
  const [, kind, digits] = /^([a-z]+)(\d+)$/.exec(name)!;
  const size = Number(digits);
  const framing: StillPillowFraming =
    kind === "clip" || kind === "git"
      ? { kind: "center-crop", size, resize: { shorterSide: size } }
      : { kind: "stretch", size };
  const kernel: PillowKernel = kind === "vit" ? "bilinear" : "bicubic";
  const transparentColour: TransparentColour = kind === "vit" ? "kept" : "white";
  return { framing, kernel, transparentColour };
}

async function readPixels(path: string): Promise<Uint8Array> {
  return new Uint8Array(await sharp(path).removeAlpha().toColourspace("srgb").raw().toBuffer());
}

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < found.length; i++) largest = Math.max(largest, Math.abs(found[i]! - expected[i]!));
  return largest;
}

describe.skipIf(!hasShared)("the reference's pictures", () => {
  it("are there", () => {
    expect(items.length).toBeGreaterThan(30);
  });

  it.each(items.map((item) => [item.input, item] as const))("%s is decoded to the same bytes", async (_, item) => {
    const { data, unturned } = await decodeReference(pathOf(item));
    expect(unturned).toBe((item.exif_orientation ?? 1) > 1);
    if (isClipped(item)) return;
    expect(createHash("sha256").update(data).digest("hex")).toBe(item.sha256_of_decoded_rgb);
  });

  it.each(items.filter((item) => !isClipped(item)).map((item) => [item.input, item] as const))(
    "%s is resized and cropped to the same bytes",
    async (_, item) => {
      for (const [name, file] of Object.entries(item.expected)) {
        if (name.endsWith("/5x-white")) continue;
        const { framing, kernel, transparentColour } = processor(name);
        const picture = await decodeReference(pathOf(item), { transparentColour });
        const { data } = frameWithPillow(picture, framing, kernel);
        expect(largestDifference(data, await readPixels(join(folder, "expected", file))), name).toBe(0);
      }
    },
  );

  it("of 16 bits of grey keep their shades", async () => {
    for (const item of items.filter(isClipped)) {
      const { data } = await decodeReference(pathOf(item));
      const words = await sharp(pathOf(item)).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
      const shades = new Uint16Array(words.buffer, words.byteOffset, data.length / 3);
      expect(Array.from(shades, (shade) => shade >> 8)).toEqual([...data.filter((_, i) => i % 3 === 0)]);
    }
  });

  it("are turned, and laid on white, where they are to be upright", async () => {
    const turned = items.filter(({ decoded_exif_transposed }) => decoded_exif_transposed !== undefined);
    const transparent = items.filter(({ decoded_5x_white }) => decoded_5x_white !== undefined);
    expect(turned.length).toBeGreaterThan(2);
    expect(transparent.length).toBeGreaterThan(2);
    for (const item of [...turned, ...transparent]) {
      const { data } = await decodeImage(pathOf(item));
      const file = (item.decoded_exif_transposed ?? item.decoded_5x_white)!;
      const allowed = item.decoded_exif_transposed === undefined ? 1 : 0;
      expect(largestDifference(data, await readPixels(join(folder, "expected", file))), item.input).toBeLessThanOrEqual(
        allowed,
      );
    }
  });

  it("are normalised to the same float32", async () => {
    const mean = [0.48145466, 0.4578275, 0.40821073] as const;
    const std = [0.26862954, 0.26130258, 0.27577711] as const;
    const rescale = 0.00392156862745098;
    for (const item of items.filter((one) => !isClipped(one))) {
      const { processor: name, at, values } = item.normalised_sample;
      const prepared = processor(name);
      const options = { preprocessing: "reference", ...prepared, rescale, mean, std } as const;
      const { data } = await loadImage(pathOf(item), options);
      const found = at.map(([channel, row, column]) => data[3 * (row * prepared.framing.size + column) + channel]!);
      expect(found, item.input).toEqual(values.map((value) => expect.closeTo(value, 7)));
    }
  });
});

interface PixelsJson {
  readonly rescale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Checkpoints with the pixels that their processors give. */
const checkpoints = hasShared
  ? readdirSync(join(models, "checkpoints")).filter((name) => existsSync(join(models, "golden", name, "pixels.json")))
  : [];

describe.skipIf(!hasShared)("the preprocessor of a published folder", () => {
  it.each(checkpoints)("of %s gives the reference's pixels to the bit", async (name) => {
    const preparation = await readPreprocessor(join(models, "checkpoints", name));
    const { rescale, mean, std } = readJson<PixelsJson>(models, "golden", name, "pixels.json");
    const planes = readPlanes(join(models, "golden", name, "pixels.safetensors"));
    expect(planes.size).toBeGreaterThan(0);
    for (const [photograph, bytes] of planes) {
      const { width, height, data } = await loadImage(join(photographs, photograph), preparation);
      expect([width, height]).toEqual([preparation.framing.size, preparation.framing.size]);
      const pixels = width * height;
      const expected = new Float32Array(data.length);
      for (let i = 0; i < data.length; i++) {
        const channel = i % 3;
        const value = Math.fround(bytes[channel * pixels + Math.floor(i / 3)]! * rescale);
        const centred = Math.fround(value - Math.fround(mean[channel]!));
        expected[i] = Math.fround(centred / Math.fround(std[channel]!));
      }
      expect(largestDifference(data, expected), photograph).toBe(0);
    }
  });
});

/** The 8-bit tensors of a safetensors file, by name. */
function readPlanes(path: string): Map<string, Uint8Array> {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<
    string,
    { readonly dtype?: string; readonly data_offsets: readonly [number, number] }
  >;
  return new Map(
    Object.entries(header)
      .filter(([, { dtype }]) => dtype === "U8")
      .map(
        ([
          name,
          {
            data_offsets: [begin, end],
          },
        ]) => [name, bytes.subarray(8 + length + begin, 8 + length + end)],
      ),
  );
}
