import { SimvlmError } from "@simvlm/metrics";
import type { WeightArray, WeightArrays } from "../../layers/weights.js";
import { declareWeights } from "./parameters.js";
import type { SimVLMConfig } from "./simvlm-config.js";

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
  const [declared, wanted] = [declareWeights(from), declareWeights(to)];
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => {
      const [map, newMap] = [declared[name]?.map, wanted[name]?.map];
      // A map's kept corners keep its middle too, which is offset 0 of a relative bias.
      return [name, map && newMap ? interpolate(weight, map.side, newMap.side, map.axis) : weight];
    }),
  );
}

/** Bilinear interpolation of square maps, `side²` places each along `axis`, to `newSide²`; the other axis is channels. */
function interpolate(weight: WeightArray, side: number, newSide: number, axis: 0 | 1): WeightArray {
  const channels = weight.data.length / side ** 2;
  const data = new Float32Array(channels * newSide ** 2);
  const index = (y: number, x: number, channel: number, of: number) =>
    axis === 0 ? (y * of + x) * channels + channel : (channel * of + y) * of + x;
  const places = Array.from({ length: newSide }, (_, at) => place(at, side, newSide));
  for (let channel = 0; channel < channels; channel++) {
    const at = (y: number, x: number) => weight.data[index(y, x, channel, side)]!;
    places.forEach((row, y) => {
      places.forEach((column, x) => {
        const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
        const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
        data[index(y, x, channel, newSide)] = above * (1 - row.part) + below * row.part;
      });
    });
  }
  return { shape: axis === 0 ? [newSide ** 2, channels] : [channels, newSide ** 2], data };
}

/** Where a place of the new side lies between two of the old. */
function place(index: number, side: number, newSide: number): { low: number; high: number; part: number } {
  const exact = newSide === 1 ? (side - 1) / 2 : (index * (side - 1)) / (newSide - 1);
  const low = Math.min(Math.floor(exact), side - 1);
  return { low, high: Math.min(low + 1, side - 1), part: exact - low };
}
