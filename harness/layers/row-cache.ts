import * as tf from "@tensorflow/tfjs-core";
import { type AttentionBlock, attend, attendBoth, splitHeads, splitKeys, splitQueries } from "./attention.js";
import type { LayerKeyValues, Source } from "./key-values.js";

/** Keys and values of text tokens, not yet split by head. */
export type Rows = { readonly keys: tf.Tensor; readonly values: tf.Tensor };

/** Rows of several layers, by the layer's name. */
export type LayerRows = Record<string, Rows>;

/**
 * The text so far, as one step of decoding finds it. Whoever decodes holds the buffers and puts what a step writes into
 * them: a step returns one row of keys and values for each text, not whole caches, and beams that change places change
 * an index, not the cache.
 */
export interface RowCache {
  /** `[places · rows, width]` of each layer: place after place, the rows of each. */
  readonly past: Readonly<LayerRows>;
  /** `[rows, places]` int32: where in `past` each place of each row's text lies. */
  readonly index: tf.Tensor;
  /** `[1, 1, 1, places + 1]`: masks the places that are not reached yet; the last key is the step's own. */
  readonly mask: tf.Tensor;
  /** Filled by the layers: `[rows, width]`. */
  readonly written: LayerRows;
}

/** @param position int32 scalar: how many places are filled */
export function openRowCache(past: Readonly<LayerRows>, index: tf.Tensor, position: tf.Tensor): RowCache {
  const places = index.shape[1]!;
  const empty = tf.cast(tf.greaterEqual(tf.range(0, places, 1, "int32"), position), "float32"); // [places]
  const mask = tf.concat([tf.mul(empty, MASKED), tf.zeros([1])], 0); // [places + 1]
  return { past, index, mask: tf.reshape(mask, [1, 1, 1, places + 1]), written: {} };
}

const MASKED = -1e9;

/** One token of each row looks at those before it, and at itself. */
export function fromRowCache(cache: RowCache): Source {
  return (x, block, layer, probe) => {
    const { queries, ...own } = extend(x, block, layer, cache);
    return attend(queries, { ...own, mask: cache.mask }, block, probe);
  };
}

/** The same, where each example has a prefix before its text, which its rows share. */
export function fromPrefixAndRowCache(
  prefix: Readonly<LayerKeyValues>,
  prefixMask: tf.Tensor,
  cache: RowCache,
): Source {
  return (x, block, layer, probe) => {
    const { queries, ...own } = extend(x, block, layer, cache);
    return attendBoth(queries, { ...prefix[layer]!, mask: prefixMask }, { ...own, mask: cache.mask }, block, probe);
  };
}

function extend(x: tf.Tensor, block: AttentionBlock, layer: string, { past, index, written }: RowCache) {
  const [rows, , width] = x.shape as [number, number, number];
  const [queries, keys, values] = block.queriesKeysValues(x); // 3 × [rows, 1, width]
  written[layer] = { keys: tf.reshape(keys, [rows, width]), values: tf.reshape(values, [rows, width]) };
  const all = (name: keyof Rows, own: tf.Tensor): tf.Tensor =>
    tf.concat([tf.gather(past[layer]![name], index as tf.Tensor2D), own], 1); // [rows, places + 1, width]
  return {
    queries: splitQueries(queries, block.heads), // [rows, heads, 1, headWidth]
    keys: splitKeys(all("keys", keys), block.heads), // [rows, heads, headWidth, places + 1]
    values: splitHeads(all("values", values), block.heads), // [rows, heads, places + 1, headWidth]
  };
}
