import type * as tf from "@tensorflow/tfjs-core";
import { type MapTree, NativeTensor } from "../../engine/index.js";
import { isSpecification } from "../../engine/trace/trace.js";
import { mapTree } from "../../engine/tree.js";
import { keyValueShapes } from "../../layers/key-values.js";
import type { LayerRows } from "../../layers/row-cache.js";
import type { Weights } from "../../layers/weights.js";
import type { CaptionNetwork, GivenPicture, Memory, StepTokens } from "./caption-network.js";

/** What a step takes. */
export interface StepInputs {
  readonly weights: Weights;
  readonly memory: Memory;
  readonly past: LayerRows;
  /** See `RowCache`. */
  readonly index: tf.Tensor;
  /** Of networks that take pictures along. */
  readonly along?: GivenPicture | undefined;
  readonly step: StepTokens;
}

/** What shapes a graph is for. */
export interface StepShape {
  readonly batch: number;
  /** Keys of what the decoder reads. */
  readonly keys: number;
  /** Whether some of them are padding. */
  readonly masked: boolean;
  readonly rows: number;
  /** Of the text, start and prompt included. */
  readonly places: number;
}

/** Stands for the tokens of a picture or of a step; no axis has this length. */
export const ANY_LENGTH = 99_991;

/** What a step takes besides weights and a picture. */
export type IdleInputs = MapTree<Omit<StepInputs, "weights" | "along">, NativeTensor>;

/** The shapes of what a step takes besides the weights. */
export function stepShapes(network: CaptionNetwork, { batch, keys, masked, rows, places }: StepShape) {
  const { layers, heads, width } = network;
  const keyValues = keyValueShapes(batch, keys, heads, width / heads);
  const known = { keys: { shape: keyValues.keys }, values: { shape: keyValues.values } };
  const buffer = { shape: [places * rows * heads, width / heads] };
  return {
    memory: {
      layers: Object.fromEntries(layers.map((layer) => [layer, known])),
      ...(masked && { mask: { shape: [batch, 1, 1, keys] } }),
    },
    past: Object.fromEntries(layers.map((layer) => [layer, { keys: buffer, values: buffer }])),
    index: { shape: [rows, heads, places], dtype: "int32" },
    ...(network.along && {
      along: { isPicture: { shape: [], dtype: "bool" }, picture: { shape: [ANY_LENGTH, width] } },
    }),
    step: { tokens: { shape: [rows], dtype: "int32" }, position: { shape: [], dtype: "int32" } },
  };
}

/** Nothing has been said yet, and nothing seen; all of one size are the same zeros. */
export function idleInputs(network: CaptionNetwork, shape: StepShape): IdleInputs {
  const zeros = new Map<string, NativeTensor>();
  const { along: _, ...shapes } = stepShapes(network, shape);
  return mapTree(shapes, isSpecification, (_, { shape: size, dtype }) => {
    const type = dtype === "int32" ? dtype : "float32";
    const key = `${type} ${size}`;
    const found = zeros.get(key) ?? NativeTensor.zeros(size, type);
    zeros.set(key, found);
    return found;
  }) as IdleInputs;
}

/** The texts so far, as a session of decoding keeps them; see `RowCache`. */
export interface TextCache {
  readonly past: MapTree<LayerRows, NativeTensor>;
  readonly index: Int32Array;
}

/** The cache of texts that have not begun. */
export function makeTextCache(network: CaptionNetwork, shape: StepShape): TextCache {
  return { past: makeCache(network, shape), index: new Int32Array(shape.rows * network.heads * shape.places) };
}

/** The keys and values of a text that has not begun, by layer, as `RowCache.past` has them. */
export function makeCache({ layers, heads, width }: CaptionNetwork, { rows, places }: StepShape) {
  const zeros = () => NativeTensor.zeros([places * rows * heads, width / heads]);
  return Object.fromEntries(layers.map((layer) => [layer, { keys: zeros(), values: zeros() }]));
}
