import { SimvlmError } from "@simvlm/metrics";
import { gridSide, type SimVLMConfig } from "./config.js";
import { parameterShapes } from "./parameters.js";
import type { WeightArray, WeightArrays } from "./weights.js";

/**
 * The same model for pictures of another size: image positions and relative biases are interpolated (bilinear, corners
 * kept), everything else is shared with the weights given.
 * @throws SimvlmError `bad-resize` when the configs differ in more than `imageSize`
 */
export function resizeWeights(weights: WeightArrays, from: SimVLMConfig, to: SimVLMConfig): WeightArrays {
  const differing = Object.entries(from).filter(([field, value]) => {
    return field !== "imageSize" && JSON.stringify(value) !== JSON.stringify(to[field as keyof SimVLMConfig]);
  });
  if (differing.length > 0) {
    const fields = differing.map(([field]) => field).join(", ");
    throw new SimvlmError("bad-resize", `Only imageSize may change between the configs, but ${fields} differ too.`);
  }
  const shapes = parameterShapes(to);
  const sides = [gridSide(from), gridSide(to)] as const;
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => {
      if (name === "image.positions") return [name, interpolate(weight, sides[0], sides[1], shapes[name]!)];
      // Offsets run from −(side − 1) to side − 1; kept corners keep offset 0 in the middle.
      if (name.endsWith(".relative"))
        return [name, interpolate(weight, 2 * sides[0] - 1, 2 * sides[1] - 1, shapes[name]!)];
      return [name, weight];
    }),
  );
}

/** Bilinear interpolation of a square map whose rows hold `channels` numbers, from `side²` rows to `newSide²`. */
function interpolate(
  { data, shape }: WeightArray,
  side: number,
  newSide: number,
  newShape: readonly number[],
): WeightArray {
  const channels = shape[1]!;
  const resized = new Float32Array(newSide * newSide * channels);
  const places = Array.from({ length: newSide }, (_, index) => place(index, side, newSide));
  places.forEach((row, y) => {
    places.forEach((column, x) => {
      for (let channel = 0; channel < channels; channel++) {
        const at = (r: number, c: number) => data[(r * side + c) * channels + channel]!;
        const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
        const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
        resized[(y * newSide + x) * channels + channel] = above * (1 - row.part) + below * row.part;
      }
    });
  });
  return { shape: newShape, data: resized };
}

/** Where a place of the new side lies between two of the old. */
function place(index: number, side: number, newSide: number): { low: number; high: number; part: number } {
  const exact = newSide === 1 ? (side - 1) / 2 : (index * (side - 1)) / (newSide - 1);
  const low = Math.min(Math.floor(exact), side - 1);
  return { low, high: Math.min(low + 1, side - 1), part: exact - low };
}
