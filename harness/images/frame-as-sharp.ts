import type { StillFraming } from "./framing.js";
import { cropImage } from "./pillow-resample.js";
import type { RgbImage, Size } from "./rgb-image.js";

/*
 * Sharp's resizing, for where there is no sharp: libvips' `resize` in its arithmetic of 12 bits, which rounds to 8 bits
 * after each of its steps. Nothing here needs Node.js or a browser.
 */

const SHIFT = 12;
const SCALE = 1 << SHIFT;
/** Places between two pixels that have weights of their own. */
const PLACES = 64;
/** What the kernel shrinks by is left to it; more than that is done by means of whole blocks before. */
const GAP = 2;

/** Each kernel by its width on either side, in pixels of the smaller picture. */
const KERNELS = {
  bilinear: { reach: 1, weight: (x: number) => 1 - x },
  bicubic: {
    reach: 2,
    weight: (x: number) => (x <= 1 ? 1 - 2.5 * x ** 2 + 1.5 * x ** 3 : 2 - 4 * x + 2.5 * x ** 2 - 0.5 * x ** 3),
  },
} as const;

/** One of sharp's kernels. */
export type SharpKernel = keyof typeof KERNELS;

/** Frames a decoded picture as `decodeImage` does. @returns `size` × `size` pixels */
export function frameAsSharp(image: RgbImage, { kind, size }: StillFraming, kernel: SharpKernel): RgbImage {
  const { width, height } = image;
  if (kind === "stretch") return resize(image, { across: width / size, down: height / size }, kernel);
  const shrink = Math.min(width, height) / size;
  const whole = resize(image, { across: shrink, down: shrink }, kernel);
  const [left, top] = [whole.width, whole.height].map((side) => Math.floor((side - size + 1) / 2));
  return cropImage(whole, { left: left!, top: top!, width: size, height: size });
}

/** By how much a picture shrinks, below 1 where it grows. Rows shrink before columns, and what grows does so last. */
function resize(image: RgbImage, { across, down }: { across: number; down: number }, kernel: SharpKernel): RgbImage {
  const lower = down > 1 ? transpose(reduceRows(transpose(image), down, kernel)) : image;
  const smaller = across > 1 ? reduceRows(lower, across, kernel) : lower;
  return across < 1 || down < 1
    ? enlarge(smaller, { across: Math.min(1, across), down: Math.min(1, down) }, kernel)
    : smaller;
}

function reduceRows(image: RgbImage, factor: number, kernel: SharpKernel): RgbImage {
  const width = Math.round(image.width / factor);
  const times = Math.max(1, Math.floor(image.width / width / GAP));
  const source = times > 1 ? averageBlocks(image, times) : image;
  const shrink = factor / times;
  if (shrink === 1) return source;
  const taps = 2 * Math.round(KERNELS[kernel].reach * shrink) + 1;
  // What rounding the width adds is shared between both ends.
  const begin = (image.width - width * factor) / times / 2;
  return clip(
    convolveRows(source, width, (column) => {
      const at = (column + 0.5) * shrink + begin;
      return { first: Math.floor(at) - (taps - 1) / 2, weights: weightsAt(kernel, taps, shrink, placeOf(at)) };
    }),
  );
}

/** Which of the places between two pixels. */
function placeOf(at: number): number {
  return (Math.floor((at % 1) * PLACES * 2) + 1) >> 1;
}

function weightsAt(kernel: SharpKernel, taps: number, shrink: number, place: number): Int32Array {
  const { reach, weight } = KERNELS[kernel];
  const middle = place / PLACES + taps / 2 - 1;
  const raw = Array.from({ length: taps }, (_, tap) => {
    const x = Math.abs((tap - middle) / shrink);
    return x < reach ? weight(x) : 0;
  });
  const sum = raw.reduce((total, value) => total + value, 0);
  return Int32Array.from(raw, (value) => Math.trunc((value / sum) * SCALE));
}

/** Means of so many neighbours. */
function averageBlocks({ width, height, data }: RgbImage, times: number): RgbImage {
  const columns = Math.ceil(width / times);
  const result = new Uint8Array(3 * columns * height);
  const multiplier = Math.floor(2 ** 24 / times);
  const half = times >> 1;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = half;
        for (let i = 0; i < times; i++) {
          const from = Math.min(width - 1, column * times + i);
          sum += data[3 * (row * width + from) + channel]!;
        }
        result[3 * (row * columns + column) + channel] = Math.floor((sum * multiplier) / 2 ** 24);
      }
    }
  }
  return { width: columns, height, data: result };
}

/** Columns and rows at once: what lies between them is not cut off at 0 and 255. */
function enlarge(image: RgbImage, { across, down }: { across: number; down: number }, kernel: SharpKernel): RgbImage {
  const wide = convolveRows(image, Math.round(image.width / across), (column) => between(column * across, kernel));
  const turned = transpose(wide);
  const high = convolveRows(turned, Math.round(image.height / down), (row) => between(row * down, kernel));
  return clip(transpose(high));
}

/** The pixels around a place of the smaller picture; libvips looks half a pixel before it. */
function between(place: number, kernel: SharpKernel): Taps {
  const { reach } = KERNELS[kernel];
  const at = place + 7.5; // positive
  const weights = weightsAt(kernel, 2 * reach, 1, placeOf(at));
  return { first: Math.floor(at) - 8 - (reach - 1), weights };
}

interface Taps {
  /** The first pixel that is read; those beyond an edge are the edge's. */
  readonly first: number;
  readonly weights: Int32Array;
}

/** Pixels that may be beyond 0 and 255. */
interface Sums extends Size {
  readonly data: Int16Array | Uint8Array;
}

function convolveRows({ width, height, data }: Sums, columns: number, tapsOf: (column: number) => Taps): Sums {
  const result = new Int16Array(3 * columns * height);
  for (let column = 0; column < columns; column++) {
    const { first, weights } = tapsOf(column);
    for (let row = 0; row < height; row++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = SCALE >> 1;
        for (let tap = 0; tap < weights.length; tap++) {
          const from = Math.min(width - 1, Math.max(0, first + tap));
          sum += weights[tap]! * data[3 * (row * width + from) + channel]!;
        }
        result[3 * (row * columns + column) + channel] = sum >> SHIFT;
      }
    }
  }
  return { width: columns, height, data: result };
}

function clip({ width, height, data }: Sums): RgbImage {
  return { width, height, data: new Uint8Array(Uint8ClampedArray.from(data).buffer) };
}

function transpose<Numbers extends Int16Array | Uint8Array>({ width, height, data }: Size & { data: Numbers }) {
  const result = (data instanceof Int16Array ? new Int16Array(data.length) : new Uint8Array(data.length)) as Numbers;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 3 * (row * width + column);
      const to = 3 * (column * height + row);
      for (let channel = 0; channel < 3; channel++) result[to + channel] = data[from + channel]!;
    }
  }
  return { width: height, height: width, data: result };
}
