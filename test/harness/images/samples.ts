import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";

/** A 40 × 20 picture, its four quarters red, green, blue and grey from the top left by rows. */
export const QUARTERS = {
  red: [220, 40, 40],
  green: [40, 200, 60],
  blue: [50, 60, 210],
  grey: [128, 128, 128],
} as const;

export const WIDTH = 40;
export const HEIGHT = 20;

export function quarters(): Sharp {
  const { red, green, blue, grey } = QUARTERS;
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [left, right] = y < HEIGHT / 2 ? [red, green] : [blue, grey];
      data.set(x < WIDTH / 2 ? left : right, 3 * (y * WIDTH + x));
    }
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

/** One colour, 0 to 255, alpha 0 to 1. */
export function plain(red: number, green: number, blue: number, alpha?: number): Sharp {
  const background = { r: red, g: green, b: blue, alpha: alpha ?? 1 };
  return sharp({ create: { width: 8, height: 8, channels: alpha === undefined ? 3 : 4, background } });
}

/** A valid PNG of a few bytes whose header promises width × height pixels. */
export async function pngBomb(width: number, height: number): Promise<Buffer> {
  const png = await plain(0, 0, 0).png().toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}
