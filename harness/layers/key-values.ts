import * as tf from "@tensorflow/tfjs-core";
import {
  type Attended,
  type AttentionBlock,
  attend,
  attendBoth,
  type Intervention,
  type KeyValues,
  projectAll,
  projectKeyValues,
  projectQueries,
} from "./attention.js";
import { maskAfter } from "./masks.js";

/**
 * What an attention looks at: a function of the states that look (`[batch, query, width]`, normalised where the layer
 * is pre-norm), of the attention's weights and of the layer's name.
 */
export type Source<Found extends Looked = Looked> = (
  x: tf.Tensor,
  block: AttentionBlock,
  layer: string,
  intervention?: Intervention,
) => Found;

/** What an attention gives; probabilities are missing where nobody could keep them. */
export type Looked = Pick<Attended, "output"> & Partial<Attended>;

/** Keys and values of several layers, by the layer's name. */
export type LayerKeyValues = Record<string, KeyValues>;

/**
 * The sequence looks at itself.
 * @param maskOf each layer's mask, which may hold a bias of positions, too
 * @param remembered is given the keys and values of every layer
 */
export function fromSequence(maskOf: (layer: string) => tf.Tensor, remembered?: LayerKeyValues): Source<Attended> {
  return (x, block, layer, intervention) => {
    const mask = maskOf(layer); // [batch, heads, query, key]
    const { queries, keys, values } = projectAll(x, block); // queries [batch, heads, query, headWidth]
    if (remembered) remembered[layer] = { keys, values };
    return attend(queries, { keys, values, mask }, block, intervention);
  };
}

/** The sequence looks at the states `[batch, key, width]` of another. */
export function fromMemory(memory: tf.Tensor, mask: tf.Tensor): Source<Attended> {
  return (x, block, _, intervention) => {
    const seen = projectKeyValues(memory, block);
    return attend(projectQueries(x, block), { ...seen, mask }, block, intervention);
  };
}

/**
 * One token of each row looks at keys and values that are known already, of `batch` rows: the beams of an example are
 * the queries of one attention. `probabilities` are `[batch, heads, beams, key]`.
 */
export function fromKeyValues(known: Readonly<LayerKeyValues>, mask: tf.Tensor): Source<Attended> {
  return (x, block, layer, intervention) => {
    const [rows, , width] = x.shape as [number, number, number];
    const seen = known[layer]!;
    const batch = seen.values.shape[0]!;
    const beams = tf.reshape(x, [batch, rows / batch, width]); // [batch, beams, width]
    const { output, probabilities } = attend(projectQueries(beams, block), { ...seen, mask }, block, intervention);
    return { output: tf.reshape(output, [rows, 1, width]), probabilities };
  };
}

/** A cache as one step of decoding finds it, and as it leaves it. */
export interface CacheStep {
  readonly past: Readonly<LayerKeyValues>;
  /** `[rows]` int32: the row whose cache each row continues. Left out, each row's own. */
  readonly parents: tf.Tensor | undefined;
  /** `[1, 1, 1, length]`: masks the places after the step's. */
  readonly mask: tf.Tensor;
  /** `[length]`: 1 at the step's place. */
  readonly place: tf.Tensor;
  /** Filled by the layers. */
  readonly written: LayerKeyValues;
}

/** @param position int32 scalar, where in the cache this step's token goes; there it still has zeros */
export function openCache(
  past: Readonly<LayerKeyValues>,
  position: tf.Tensor,
  parents: tf.Tensor | undefined,
): CacheStep {
  const length = Object.values(past)[0]!.values.shape[2]!;
  const mask = maskAfter(position, length); // [1, 1, 1, length]
  const place = tf.oneHot(position as tf.Tensor1D, length, 1, 0, "float32"); // [length]
  return { past, parents, mask, place, written: {} };
}

/** One token of each row looks at those before it in the cache, and at itself. */
export function fromCache(step: CacheStep): Source<Attended> {
  return (x, block, layer, intervention) => {
    const { queries, keys, values } = projectAll(x, block); // queries [rows, heads, 1, headWidth]
    return attend(queries, { ...write(step, layer, { keys, values }), mask: step.mask }, block, intervention);
  };
}

/** The same, where each example has a prefix before the cache, which its beams share. */
export function fromPrefixAndCache(
  prefix: Readonly<LayerKeyValues>,
  prefixMask: tf.Tensor,
  step: CacheStep,
): Source<Attended> {
  return (x, block, layer, intervention) => {
    const { queries, keys, values } = projectAll(x, block); // queries [rows, heads, 1, headWidth]
    const own = { ...write(step, layer, { keys, values }), mask: step.mask };
    return attendBoth(queries, { ...prefix[layer]!, mask: prefixMask }, own, block, intervention);
  };
}

/** The shapes of one layer's keys and values for so many rows and places. */
export function keyValueShapes(rows: number, length: number, heads: number, headWidth: number) {
  return { keys: [rows, heads, headWidth, length], values: [rows, heads, length, headWidth] };
}

/** Puts one token's keys and values in its place. */
function write({ past, parents, place, written }: CacheStep, layer: string, token: KeyValues): KeyValues {
  const length = place.shape[0]!;
  const before = inherit(past[layer]!, parents);
  const keys = tf.mul(token.keys, tf.reshape(place, [1, 1, 1, length])); // [rows, heads, headWidth, length]
  const values = tf.mul(token.values, tf.reshape(place, [1, 1, length, 1])); // [rows, heads, length, headWidth]
  const now = { keys: tf.add(before.keys, keys), values: tf.add(before.values, values) };
  written[layer] = now;
  return now;
}

function inherit({ keys, values }: KeyValues, parents: tf.Tensor | undefined): KeyValues {
  if (!parents) return { keys, values };
  const rows = parents as tf.Tensor1D;
  return { keys: tf.gather(keys, rows), values: tf.gather(values, rows) };
}
