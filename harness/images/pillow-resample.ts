import type { Box } from "./framing.js";
import { type Coefficients, computeCoefficients, type PillowKernel, PRECISION_BITS } from "./pillow-kernels.js";
import type { RgbImage, Size } from "./rgb-image.js";

/**
 * Resizes a picture as `Image.resize` of Pillow 13 does, to the bit (Resample.c): in two passes of fixed point
 * arithmetic, rounded to 8 bits after each. The last bits of sharp's kernels are others.
 * @param to the size of the whole result
 * @param region the part of the result that is wanted; nothing else is computed. Default all of it
 */
export function resample(
  image: RgbImage,
  to: Size,
  kernel: PillowKernel,
  region: Box = { left: 0, top: 0, ...to },
): RgbImage {
  if (image.width === to.width && image.height === to.height) return cropImage(image, region);
  if (kernel === "nearest") return pickNearest(image, to, region);
  const columns = computeCoefficients(kernel, image.width, to.width, region.left, region.width);
  const rows = computeCoefficients(kernel, image.height, to.height, region.top, region.height);
  const usedColumns = spanOf(columns);
  const usedRows = spanOf(rows);
  // Pillow 13 begins with the columns where that saves much; the rounding in between then falls otherwise.
  const shrink = image.height - to.height;
  return shrink > 0 && shrink > 2 * (image.width - to.width)
    ? resampleRows(resampleColumns(image, rows, usedColumns), shift(columns, usedColumns), {
        first: 0,
        count: region.height,
      })
    : resampleColumns(resampleRows(image, columns, usedRows), shift(rows, usedRows), { first: 0, count: region.width });
}

/** A part of a picture as one of its own. */
export function cropImage({ width, data }: RgbImage, box: Box): RgbImage {
  const part = new Uint8Array(3 * box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    const begin = 3 * ((box.top + row) * width + box.left);
    part.set(data.subarray(begin, begin + 3 * box.width), 3 * row * box.width);
  }
  return { width: box.width, height: box.height, data: part };
}

/** Neighbouring rows or columns of a picture. */
interface Span {
  readonly first: number;
  readonly count: number;
}

/** What is read of the source. */
function spanOf({ starts, counts }: Coefficients): Span {
  const last = starts.length - 1;
  return { first: starts[0]!, count: starts[last]! + counts[last]! - starts[0]! };
}

/** The same for a source that holds nothing but the span. */
function shift(coefficients: Coefficients, { first }: Span): Coefficients {
  return { ...coefficients, starts: coefficients.starts.map((start) => start - first) };
}

/** 0.5 in fixed point: what is cut off afterwards is then rounded. */
const HALF = 1 << (PRECISION_BITS - 1);

/** Each of the rows resampled along itself. */
function resampleRows({ width, data }: RgbImage, coefficients: Coefficients, { first, count }: Span): RgbImage {
  const { starts, counts, weights, stride } = coefficients;
  const columns = starts.length;
  const result = new Uint8ClampedArray(3 * count * columns);
  let at = 0;
  for (let row = first; row < first + count; row++) {
    for (let column = 0; column < columns; column++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = 3 * (row * width + starts[column]!);
      const begin = column * stride;
      const end = begin + counts[column]!;
      for (let tap = begin; tap < end; tap++) {
        const weight = weights[tap]!;
        red = (red + Math.imul(weight, data[from]!)) | 0;
        green = (green + Math.imul(weight, data[from + 1]!)) | 0;
        blue = (blue + Math.imul(weight, data[from + 2]!)) | 0;
        from += 3;
      }
      result[at] = red >> PRECISION_BITS;
      result[at + 1] = green >> PRECISION_BITS;
      result[at + 2] = blue >> PRECISION_BITS;
      at += 3;
    }
  }
  return { width: columns, height: count, data: new Uint8Array(result.buffer) };
}

/** Each of the columns resampled along itself; row after row, since a picture lies in memory so. */
function resampleColumns({ width, data }: RgbImage, coefficients: Coefficients, { first, count }: Span): RgbImage {
  const { starts, counts, weights, stride } = coefficients;
  const rows = starts.length;
  const length = 3 * count;
  const result = new Uint8ClampedArray(rows * length);
  const sums = new Int32Array(length);
  for (let row = 0; row < rows; row++) {
    sums.fill(HALF);
    let from = 3 * (starts[row]! * width + first);
    const begin = row * stride;
    const end = begin + counts[row]!;
    for (let tap = begin; tap < end; tap++) {
      const weight = weights[tap]!;
      for (let i = 0; i < length; i++) sums[i] = (sums[i]! + Math.imul(weight, data[from + i]!)) | 0;
      from += 3 * width;
    }
    const to = row * length;
    for (let i = 0; i < length; i++) result[to + i] = sums[i]! >> PRECISION_BITS;
  }
  return { width: count, height: rows, data: new Uint8Array(result.buffer) };
}

/** Pillow's `ImagingScaleAffine` (Geometry.c). */
function pickNearest(image: RgbImage, to: Size, { left, top, width, height }: Box): RgbImage {
  const columns = listNearest(image.width, to.width, left, width);
  const rows = listNearest(image.height, to.height, top, height);
  const data = new Uint8Array(3 * width * height);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = 3 * (row * image.width + column);
      data[at++] = image.data[from]!;
      data[at++] = image.data[from + 1]!;
      data[at++] = image.data[from + 2]!;
    }
  }
  return { width, height, data };
}

/** Places are added up step by step, as Pillow does, so that they are rounded as its own are. */
function listNearest(from: number, to: number, first: number, count: number): Int32Array {
  const step = from / to;
  const places = new Int32Array(count);
  let place = step * 0.5;
  for (let pixel = 0; pixel < first + count; pixel++) {
    if (pixel >= first) places[pixel - first] = Math.min(from - 1, Math.trunc(place));
    place += step;
  }
  return places;
}
