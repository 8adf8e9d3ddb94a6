import type { Random } from "../../random.js";

/** The patches of a map, the brightest first; of equally bright ones the first in the picture. */
export function orderPatches(map: ArrayLike<number>): number[] {
  return Array.from({ length: map.length }, (_, patch) => patch).sort((a, b) => map[b]! - map[a]! || a - b);
}

/** A map that says nothing: a number from 0 to 1 for each patch, so that every order of patches is equally likely. */
export function drawRandomMap(patches: number, random: Random): Float32Array {
  return Float32Array.from({ length: patches }, () => random.next());
}

/** One map of several: their mean, each brought to a sum of 1; a map of zeros counts as evenly spread. */
export function averageMaps(maps: readonly Float32Array[]): Float32Array {
  const patches = maps[0]!.length;
  const mean = new Float64Array(patches);
  for (const map of maps) {
    const sum = map.reduce((total, value) => total + value, 0);
    for (let patch = 0; patch < patches; patch++) {
      mean[patch]! += (sum > 0 ? map[patch]! / sum : 1 / patches) / maps.length;
    }
  }
  return Float32Array.from(mean);
}

/** After each of so many steps, from none to all, how many patches have been changed. */
export function countChanged(steps: number, patches: number): number[] {
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * patches) / steps));
}
