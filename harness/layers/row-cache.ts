import * as tf from "@tensorflow/tfjs-core";
import { choose } from "../engine/choose.js";
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
export function fromRowCache(cache: RowCache): Source<Attended> {
  return (x, block, layer, intervention) => {
    const { queries, ...own } = extend(x, block, layer, cache);
    return ofRows(attend(queries, { ...own, mask: cache.mask }, block, intervention));
  };
}

/** The same, where each example has a prefix before its text, which its rows share. */
export function fromPrefixAndRowCache(
  prefix: Readonly<LayerKeyValues>,
  prefixMask: tf.Tensor,
  cache: RowCache,
): Source<Attended> {
  return (x, block, layer, intervention) => {
    const { queries, ...own } = extend(x, block, layer, cache);
    const shared = { ...prefix[layer]!, mask: prefixMask };
    return ofRows(attendBoth(queries, shared, { ...own, mask: cache.mask }, block, intervention));
  };
}

/** A step of decoding, or a picture whose tokens go through the same layers instead. */
export interface StepOrPicture {
  /** A scalar, 1 where it is a picture. */
  readonly isPicture: tf.Tensor;
  /** Of a step: how many texts there are. */
  readonly rows: number;
  /** What a step's tokens look at. */
  readonly text: Source;
  /** Filled by the layers: keys and values of the picture. */
  readonly remembered: LayerKeyValues;
  /** Of the step. */
  readonly cache: RowCache;
}

/**
 * The same, or the tokens of a picture look at each other, and their keys and values are remembered. Products with the
 * weights serve both.
 * @param seen the states that are looked at, where those that look are fewer; default those that look
 */
export function fromStepOrPicture(choice: StepOrPicture, seen?: tf.Tensor): Source {
  const { isPicture, rows, text, remembered, cache } = choice;
  const itself = (x: tf.Tensor): tf.Tensor => x;
  return (x, block, layer) => {
    const queries = block.queries(x); // [looking, width]
    const [keys, values] = block.keysValues(seen ?? x); // 2 × [tokens, width]
    const look = (parts: readonly tf.Tensor[], source: Source): tf.Tensor[] => {
      const [q, k, v] = parts as [tf.Tensor, tf.Tensor, tf.Tensor];
      return [source(q, { ...block, queriesKeysValues: () => [q, k, v], output: itself }, layer).output];
    };
    const lookAtPicture = (): tf.Tensor[] => {
      const found: LayerKeyValues = {};
      const parts = [queries, keys, values].map((part) => tf.reshape(part, [1, ...part.shape])); // 3 × [1, tokens, width]
      const [output] = look(parts, fromSequence(noMask, found)); // [1, looking, width]
      return [tf.reshape(output!, queries.shape), found[layer]!.keys, found[layer]!.values];
    };
    const lookAtText = (): tf.Tensor[] => {
      const parts = [queries, keys, values].map((part) => tf.slice(part, [0, 0], [rows, part.shape[1]!])); // 3 × [rows, width]
      const { heads } = block;
      const headWidth = queries.shape[1]! / heads;
      return [...look(parts, text), tf.zeros([1, heads, headWidth, 0]), tf.zeros([1, heads, 0, headWidth])];
    };
    const [output, seenKeys, seenValues] = choose(isPicture, lookAtPicture, lookAtText) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ]; // [looking, width], [1, heads, headWidth, tokens], [1, heads, tokens, headWidth]
    remembered[layer] = { keys: seenKeys, values: seenValues };
    cache.written[layer] = { keys, values };
    return { output: block.output(output) };
  };
}

/** One token of each row looks at known keys and values of `batch` examples, whose rows are queries of one attention. */
export function rowsFromKeyValues(known: Readonly<LayerKeyValues>, mask: tf.Tensor): Source<Attended> {
  return (x, block, layer, intervention) => {
    const [rows, width] = x.shape as [number, number];
    const seen = known[layer]!;
    const batch = seen.values.shape[0]!;
    const queries = projectQueries(tf.reshape(x, [batch, rows / batch, width]), block); // [batch, heads, beams, headWidth]
    return ofRows(attend(queries, { ...seen, mask }, block, intervention));
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
