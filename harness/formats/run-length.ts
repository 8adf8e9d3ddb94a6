/*
 * Masks as COCO writes them: lengths of runs, column after column, beginning with the pixels that are not part of the
 * thing; as a list of numbers or as pycocotools' string.
 */

/** Which pixels are part of a thing. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 1 or 0. */
  readonly pixels: Uint8Array;
}

/** The runs of a mask. */
export function toRuns({ width, height, pixels }: Mask): number[] {
  const runs: number[] = [];
  let [value, length] = [0, 0];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (pixels[y * width + x] === value) length++;
      else {
        runs.push(length);
        [value, length] = [1 - value, 1];
      }
    }
  }
  return [...runs, length];
}

/** The mask of some runs; undefined where they do not fill it. */
export function fromRuns(runs: readonly number[], width: number, height: number): Mask | undefined {
  if (runs.reduce((sum, length) => sum + length, 0) !== width * height) return undefined;
  if (runs.some((length) => !Number.isInteger(length) || length < 0)) return undefined;
  const pixels = new Uint8Array(width * height);
  let place = 0;
  for (const [index, length] of runs.entries()) {
    for (const end = place + length; place < end; place++) {
      if (index % 2 === 1) pixels[(place % height) * width + Math.floor(place / height)] = 1;
    }
  }
  return { width, height, pixels };
}

const ZERO = 48;
const MORE = 0x20;
const SIGN = 0x10;

/** Runs as pycocotools' string: from the fourth on the difference to the one before the last, five bits a character. */
export function packRuns(runs: readonly number[]): string {
  let text = "";
  for (const [index, length] of runs.entries()) {
    let rest = index > 2 ? length - runs[index - 2]! : length;
    for (let goesOn = true; goesOn; ) {
      const bits = rest & 0x1f;
      rest >>= 5;
      goesOn = bits & SIGN ? rest !== -1 : rest !== 0;
      text += String.fromCharCode(ZERO + (goesOn ? bits | MORE : bits));
    }
  }
  return text;
}

/** The runs of pycocotools' string; undefined for a text that is none. */
export function unpackRuns(text: string): number[] | undefined {
  const runs: number[] = [];
  for (let place = 0; place < text.length; ) {
    let [value, shift, goesOn] = [0, 0, true];
    while (goesOn) {
      const bits = text.charCodeAt(place++) - ZERO;
      if (!(bits >= 0 && bits < 2 * MORE) || shift > 30) return undefined;
      value |= (bits & 0x1f) << shift;
      shift += 5;
      goesOn = (bits & MORE) !== 0;
      if (!goesOn && bits & SIGN && shift < 32) value |= -1 << shift;
    }
    runs.push(runs.length > 2 ? value + runs[runs.length - 2]! : value);
  }
  return runs;
}
