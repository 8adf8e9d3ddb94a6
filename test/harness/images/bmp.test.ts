import { describe, expect, it } from "vitest";
import { decodeImage, decodeReference } from "../../../harness/images/index.js";

/** What a bitmap's header says, and what comes after it. */
interface Bitmap {
  readonly width: number;
  /** Negative where the first line is at the top. */
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  readonly masks?: readonly number[];
  /** Blue, green, red, 0. */
  readonly palette?: readonly number[];
  readonly pixels: readonly number[];
}

function bmp({ width, height, bits, compression = 0, masks = [], palette = [], pixels }: Bitmap): Buffer {
  const header = Buffer.alloc(54 + 4 * masks.length);
  header.write("BM");
  header.writeUInt32LE(header.length + palette.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length / 4, 46);
  for (const [i, mask] of masks.entries()) header.writeUInt32LE(mask, 54 + 4 * i);
  return Buffer.concat([header, Buffer.from(palette), Buffer.from(pixels)]);
}

const decode = (bytes: Uint8Array) => decodeImage({ name: "sample.bmp", bytes });

const PALETTE = [1, 2, 3, 0, 11, 12, 13, 0, 21, 22, 23, 0];
const [A, B, C] = [
  [3, 2, 1],
  [13, 12, 11],
  [23, 22, 21],
] as const;

describe("a Windows bitmap", () => {
  it.each<[string, Bitmap, readonly (readonly number[])[]]>([
    [
      "24 bits, from the bottom, lines padded",
      { width: 1, height: 2, bits: 24, pixels: [1, 2, 3, 0, 11, 12, 13, 0] },
      [B, A],
    ],
    ["24 bits from the top", { width: 1, height: -2, bits: 24, pixels: [1, 2, 3, 0, 11, 12, 13, 0] }, [A, B]],
    ["32 bits, the fourth byte not looked at", { width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 99] }, [A]],
    [
      "32 bits with masks",
      { width: 1, height: 1, bits: 32, compression: 3, masks: [0xff000000, 0xff0000, 0xff00], pixels: [99, 1, 2, 3] },
      [A],
    ],
    [
      "16 bits",
      { width: 2, height: 1, bits: 16, pixels: [0b00100010, 0b00001100, 0xff, 0x7f] },
      [
        [24, 8, 16],
        [255, 255, 255],
      ],
    ],
    [
      "16 bits with masks",
      { width: 2, height: 1, bits: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f], pixels: [0x62, 0x18, 0xff, 0xff] },
      [
        [24, 12, 16],
        [255, 255, 255],
      ],
    ],
    ["8 bits", { width: 3, height: 1, bits: 8, palette: PALETTE, pixels: [2, 0, 1, 0] }, [C, A, B]],
    ["4 bits", { width: 3, height: 1, bits: 4, palette: PALETTE, pixels: [0x20, 0x10, 0, 0] }, [C, A, B]],
    ["1 bit", { width: 3, height: 1, bits: 1, palette: PALETTE, pixels: [0b10100000, 0, 0, 0] }, [B, A, B]],
    [
      "a colour that is not in its palette",
      { width: 1, height: 1, bits: 8, palette: PALETTE, pixels: [9, 0, 0, 0] },
      [[0, 0, 0]],
    ],
    [
      "run lengths of 8 bits",
      // Three times 2; the next line; as they are 1, 0, 1 (padded); the end.
      { width: 3, height: 2, bits: 8, compression: 1, palette: PALETTE, pixels: [3, 2, 0, 0, 0, 3, 1, 0, 1, 0, 0, 1] },
      [B, A, B, C, C, C],
    ],
    [
      "run lengths with a jump",
      // One right and one up, then once 2; what is passed over is the first colour.
      { width: 2, height: 2, bits: 8, compression: 1, palette: PALETTE, pixels: [0, 2, 1, 1, 1, 2, 0, 1] },
      [A, C, A, A],
    ],
    [
      "run lengths of 4 bits",
      { width: 5, height: 1, bits: 4, compression: 2, palette: PALETTE, pixels: [2, 0x21, 0, 3, 0x12, 0x10, 0, 1] },
      [C, B, B, C, B],
    ],
  ])("of %s is read", async (_, bitmap, pixels) => {
    const { width, height, data } = await decode(bmp(bitmap));
    expect([width, height]).toEqual([bitmap.width, Math.abs(bitmap.height)]);
    expect([...data]).toEqual(pixels.flat());
    expect((await decodeReference({ name: "sample.bmp", bytes: bmp(bitmap) })).data).toEqual(data);
  });

  it("with OS/2's short header is read", async () => {
    const header = [0x42, 0x4d, 30, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0];
    expect([...(await decode(Uint8Array.from([...header, 1, 2, 3, 0]))).data]).toEqual(A);
  });

  it.each<[string, Buffer, RegExp]>([
    ["cut short", bmp({ width: 9, height: 9, bits: 24, pixels: [1, 2, 3] }), /cut short/],
    [
      "cut short in its runs",
      bmp({ width: 9, height: 9, bits: 8, compression: 1, palette: PALETTE, pixels: [3] }),
      /cut short/,
    ],
    ["all header", bmp({ width: 1, height: 1, bits: 24, pixels: [] }).subarray(0, 40), /ends within its header/],
    ["of an unknown depth", bmp({ width: 1, height: 1, bits: 7, pixels: [0, 0, 0, 0] }), /7 bits/],
    ["of an unknown compression", bmp({ width: 1, height: 1, bits: 24, compression: 4, pixels: [0] }), /compression 4/],
    ["of no width", bmp({ width: 0, height: 1, bits: 24, pixels: [0] }), /0 × 1/],
  ])("that is %s is refused by name", async (_, bytes, message) => {
    await expect(decode(bytes)).rejects.toMatchObject({
      code: "broken-image",
      message: expect.stringMatching(message),
    });
  });

  it("that promises too many pixels is refused before room is made for them", async () => {
    await expect(decode(bmp({ width: 100_000, height: 100_000, bits: 24, pixels: [] }))).rejects.toMatchObject({
      code: "image-too-large",
    });
  });
});
