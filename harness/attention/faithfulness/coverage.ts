import type { Mask } from "../../formats/run-length.js";
import type { Preparation } from "../../images/preparation.js";
import { sharp } from "../../images/sharp.js";
import { showImage } from "../../images/show-image.js";

/** How far a map's brightest place may be from a thing and still point at it: 15 of 224 pixels (Zhang et al. 2018). */
const TOLERANCE = 15 / 224;

/** Where a thing is, in a model's patches. */
export interface Coverage {
  /** The share of each patch that the thing covers. */
  readonly shares: Float32Array;
  /** 1 for patches whose middle is on the thing or near it, see {@link TOLERANCE}. */
  readonly hits: Uint8Array;
}

/** The pixels of any of several masks of one picture. */
export function uniteMasks(masks: readonly Mask[]): Mask {
  const { width, height } = masks[0]!;
  const pixels = Uint8Array.from(masks[0]!.pixels, (_, place) =>
    Number(masks.some((mask) => mask.pixels[place] === 1)),
  );
  return { width, height, pixels };
}

/**
 * A mask as the model's patches see it: it is stretched and cut as the picture itself is.
 * @returns undefined where nothing of it is in what the model sees
 */
export async function coverPatches(mask: Mask, preparation: Preparation, grid: number): Promise<Coverage | undefined> {
  const { width, height, data } = await showImage(await toPicture(mask), preparation);
  const isOn = (x: number, y: number) => data[3 * (y * width + x)]! > 127;
  const patches = grid ** 2;
  const covered = new Float64Array(patches);
  const sizes = new Float64Array(patches);
  const hits = new Uint8Array(patches);
  const reach = TOLERANCE * grid;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = { x: ((x + 0.5) * grid) / width, y: ((y + 0.5) * grid) / height };
      const own = Math.floor(place.y) * grid + Math.floor(place.x);
      sizes[own]!++;
      if (!isOn(x, y)) continue;
      covered[own]!++;
      const half = { x: (0.5 * grid) / width, y: (0.5 * grid) / height };
      const [left, right] = middlesWithin(place.x, reach + half.x, grid);
      const [top, bottom] = middlesWithin(place.y, reach + half.y, grid);
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          const away = Math.hypot(beyond(column + 0.5 - place.x, half.x), beyond(row + 0.5 - place.y, half.y));
          if (away <= reach) hits[row * grid + column] = 1;
        }
      }
    }
  }
  if (!covered.some((count) => count > 0)) return undefined;
  return { shares: Float32Array.from(covered, (count, patch) => count / Math.max(1, sizes[patch]!)), hits };
}

/** The first and the last row, or column, whose middle is not farther than this. */
function middlesWithin(place: number, distance: number, grid: number): [number, number] {
  return [Math.max(0, Math.floor(place - distance - 0.5)), Math.min(grid - 1, Math.ceil(place + distance - 0.5))];
}

/** How far something reaches beyond the half of a pixel. */
function beyond(distance: number, half: number): number {
  return Math.max(0, Math.abs(distance) - half);
}

async function toPicture({ width, height, pixels }: Mask) {
  const white = Buffer.from(pixels.map((one) => 255 * one));
  const bytes = await sharp(white, { raw: { width, height, channels: 1 } })
    .toColourspace("srgb")
    .png()
    .toBuffer();
  return { name: "mask", bytes };
}

/** Whether a map points at a thing: of its brightest patches the share that does. */
export function pointAt(map: ArrayLike<number>, { hits }: Coverage): number {
  const values = Array.from(map);
  const most = Math.max(...values);
  const brightest = [...values.keys()].filter((patch) => values[patch] === most);
  return brightest.filter((patch) => hits[patch] === 1).length / brightest.length;
}

/** The share of a map that lies on a thing (energy-based pointing game, Wang et al. 2020); undefined for a map of zeros. */
export function energyOn(map: ArrayLike<number>, { shares }: Coverage): number | undefined {
  let [on, all] = [0, 0];
  for (let patch = 0; patch < shares.length; patch++) {
    on += map[patch]! * shares[patch]!;
    all += map[patch]!;
  }
  return all > 0 ? on / all : undefined;
}
