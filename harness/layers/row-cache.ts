import * as tf from "@tensorflow/tfjs-core";
import { type Attended, type AttentionBlock, attend, attendBoth, projectQueries, splitQueries } from "./attention.js";
import { fromSequence, type LayerKeyValues, type Source } from "./key-values.js";
import { MASKED, noMask } from "./masks.js";

/*
 * One step of decoding for texts whose keys and values somebody else keeps. A step returns one row of them for each
 * text, not whole caches, and beams that change places change an index, not a cache. States are `[rows, width]`.
 */

/** Keys and values of text tokens. */
export type Rows = { readonly keys: tf.Tensor; readonly values: tf.Tensor };

/** Rows of several layers, by the layer's name. */
export type LayerRows = Record<string, Rows>;

/** The text so far, as one step of decoding finds it. */
export interface RowCache {
  /** `[places · rows · heads, headWidth]` of each layer: place after place, the rows of each. */
  readonly past: Readonly<LayerRows>;
  /** `[rows, heads, places]` int32: where in `past` each head of each place of each row's text lies. */
  readonly index: tf.Tensor;
  /** `[1, 1, 1, places + 1]`: masks the places that are not reached yet; the last key is the step's own. */
  readonly mask: tf.Tensor;
  /** Filled by the layers: `[rows, width]`. */
  readonly written: LayerRows;
}

/** @param position int32 scalar: how many places are filled */
export function openRowCache(past: Readonly<LayerRows>, index: tf.Tensor, position: tf.Tensor): RowCache {
  const places = index.shape[2]!;
  const empty = tf.cast(tf.greaterEqual(tf.range(0, places, 1, "int32"), position), "float32"); // [places]
  const mask = tf.concat([tf.mul(empty, MASKED), tf.zeros([1])], 0); // [places + 1]
  return { past, index, mask: tf.reshape(mask, [1, 1, 1, places + 1]), written: {} };
}

/** One token of each row looks at those before it, and at itself. */
export function fromRowCache(cache: RowCache): Source {
  return (x, block, layer, probe) => {
    const { queries, ...own } = extend(x, block, layer, cache);
    return ofRows(attend(queries, { ...own, mask: cache.mask }, block, probe));
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
    const shared = { ...prefix[layer]!, mask: prefixMask };
    return ofRows(attendBoth(queries, shared, { ...own, mask: cache.mask }, block, probe));
  };
}

/**
 * The same, where the tokens of a picture come behind the rows: they see each other and nothing else, and their keys and
 * values are remembered. Products with the weights are of both together.
 * @param rows how many of the states are texts'
 */
export function fromRowCacheAndPicture(text: Source, rows: number, remembered: LayerKeyValues): Source {
  const itself = (x: tf.Tensor): tf.Tensor => x;
  return (x, block, layer, probe) => {
    const [all, width] = x.shape as [number, number];
    const projected = block.queriesKeysValues(x); // 3 × [rows + picture, width]
    const part = (of: tf.Tensor, begin: number, count: number) => tf.slice(of, [begin, 0], [count, width]); // [count, width]
    const ofText = projected.map((of) => part(of, 0, rows)) as [tf.Tensor, tf.Tensor, tf.Tensor]; // 3 × [rows, width]
    const ofPicture = projected.map((of) => {
      return tf.reshape(part(of, rows, all - rows), [1, all - rows, width]); // [1, picture, width]
    }) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const said = text(ofText[0], { ...block, queriesKeysValues: () => ofText, output: itself }, layer, probe);
    const seen = fromSequence(noMask, remembered)(
      ofPicture[0],
      { ...block, queriesKeysValues: () => ofPicture, output: itself },
      layer,
    );
    const both = tf.concat([said.output, tf.reshape(seen.output, [all - rows, width])], 0); // [rows + picture, width]
    return { output: block.output(both), probabilities: said.probabilities };
  };
}

/** One token of each row looks at known keys and values of `batch` examples, whose rows are queries of one attention. */
export function rowsFromKeyValues(known: Readonly<LayerKeyValues>, mask: tf.Tensor): Source {
  return (x, block, layer, probe) => {
    const [rows, width] = x.shape as [number, number];
    const seen = known[layer]!;
    const batch = seen.values.shape[0]!;
    const queries = projectQueries(tf.reshape(x, [batch, rows / batch, width]), block); // [batch, heads, beams, headWidth]
    return ofRows(attend(queries, { ...seen, mask }, block, probe));
  };
}

function extend(x: tf.Tensor, block: AttentionBlock, layer: string, { past, index, written }: RowCache) {
  const { heads } = block;
  const [rows, width] = x.shape as [number, number];
  const [queries, keys, values] = block.queriesKeysValues(x); // 3 × [rows, width]
  written[layer] = { keys, values };
  const all = (name: keyof Rows, own: tf.Tensor): tf.Tensor => {
    const before = tf.gather(past[layer]![name], index as tf.Tensor3D); // [rows, heads, places, headWidth]
    return tf.concat([before, tf.reshape(own, [rows, heads, 1, width / heads])], 2); // [rows, heads, places + 1, headWidth]
  };
  return {
    queries: splitQueries(tf.reshape(queries, [rows, 1, width]), heads), // [rows, heads, 1, headWidth]
    keys: tf.transpose(all("keys", keys), [0, 1, 3, 2]), // [rows, heads, headWidth, places + 1]
    values: all("values", values), // [rows, heads, places + 1, headWidth]
  };
}

function ofRows({ output, probabilities }: Attended): Attended {
  return { output: tf.reshape(output, [-1, output.shape.at(-1)!]), probabilities }; // output [rows, width]
}
