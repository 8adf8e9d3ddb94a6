import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import type { HostPrefix } from "../decoding/decoder.js";
import { type CompileOptions, compile } from "../engine/compile.js";
import { type NativeWeights, toNatives } from "../layers/native.js";
import type { HostTensor, Weights } from "../layers/weights.js";
import { gridSide, type SimVLMConfig } from "../models/simvlm/config.js";
import type { ModelInputs } from "../models/simvlm/inputs.js";
import { hiddenStates } from "../models/simvlm/model.js";

/**
 * Where the decoder looked for each token of one text: a probability for every key, in every layer and head. In the
 * encoder–decoder these are cross attentions and the keys are the prefix's; in the decoder-only layout the keys of the
 * suffix follow them.
 */
export interface AttentionRecord {
  readonly layers: number;
  readonly heads: number;
  /** Tokens of the text, the start token not counted. */
  readonly tokens: number;
  /** Keys by what they are, in this order. Image keys are the patches row by row, `grid` a side. */
  readonly imageKeys: number;
  readonly promptKeys: number;
  readonly suffixKeys: number;
  readonly grid: number;
  /** `[layers, heads, tokens, keys]` */
  readonly data: Float32Array;
}

/** Suffixes are padded to a multiple of this, so that texts of about one length share a graph. */
const LENGTH_STEP = 16;

/**
 * Runs one example through the model again with its text as suffix, and keeps the attention.
 * @param prefix of one example
 * @param suffix the text's tokens `[1, length]` after the start token, as `suffixOf` gives them
 * @param tokens how many of the text's tokens are wanted, counted from the first
 * @throws SimvlmError `no-image` for a prefix without a picture, `several-images` for one of several examples
 */
export async function recordAttention(
  weights: NativeWeights,
  config: SimVLMConfig,
  prefix: HostPrefix,
  suffix: HostTensor<Int32Array>,
  tokens: number,
  options: Pick<CompileOptions, "provider"> = {},
): Promise<AttentionRecord> {
  checkPicture(prefix);
  const promptKeys = prefix.prefixTokens?.shape[1] ?? 0;
  const inputs = { ...toNatives(prefix), ...toNatives({ suffixTokens: padSuffix(suffix, prefix, config) }) };
  const read = (all: { weights: Weights; inputs: ModelInputs }) => readLayers(all.weights, all.inputs, config);
  const compiled = await compile(read, { weights, inputs }, options);
  try {
    const results = Object.values(await compiled.run({ weights, inputs }));
    const [, heads, rows, keys] = results[0]!.shape as [number, number, number, number];
    const data = new Float32Array(results.length * heads * tokens * keys);
    results.forEach((result, layer) => {
      for (let head = 0; head < heads; head++) {
        const begin = head * rows * keys;
        const wanted = (result.data as Float32Array).subarray(begin, begin + tokens * keys);
        data.set(wanted, (layer * heads + head) * tokens * keys);
      }
    });
    const grid = gridSide(config);
    const imageKeys = grid ** 2;
    const suffixKeys = keys - imageKeys - promptKeys;
    return { layers: results.length, heads, tokens, imageKeys, promptKeys, suffixKeys, grid, data };
  } finally {
    await compiled.dispose();
  }
}

/** @throws SimvlmError `no-image`, `several-images` */
function checkPicture({ images }: HostPrefix): void {
  if (!images) throw new SimvlmError("no-image", "There is no picture in the prefix to show attention on.");
  if (images.shape[0] === 1) return;
  throw new SimvlmError(
    "several-images",
    `There are ${images.shape[0]} pictures in the prefix; attention is shown on one. Give each by itself.`,
  );
}

/** A suffix with as much padding after it as makes its length a common one. */
export function padSuffix(
  { shape, data }: HostTensor<Int32Array>,
  prefix: HostPrefix,
  config: SimVLMConfig,
): HostTensor<Int32Array> {
  // In one stack the suffix's positions go on where the prompt's end.
  const promptKeys = config.layout === "decoder-only" ? (prefix.prefixTokens?.shape[1] ?? 0) : 0;
  const length = Math.min(Math.ceil(shape[1]! / LENGTH_STEP) * LENGTH_STEP, config.textLength - promptKeys);
  const padded = new Int32Array(Math.max(length, data.length)).fill(data.at(-1)!);
  padded.set(data);
  return { shape: [1, padded.length], data: padded };
}

/** The name in a `ForwardRecord` of the map that shows where a decoder layer looks. */
export function attentionName({ layout }: SimVLMConfig, layer: number): string {
  return `decoder.${layer}.${layout === "decoder-only" ? "attention" : "cross"}`;
}

/** `[1, heads, suffix, keys]` of each decoder layer, by its number. */
function readLayers(weights: Weights, inputs: ModelInputs, config: SimVLMConfig): Record<string, tf.Tensor> {
  const { record } = hiddenStates(weights, inputs, config, { record: true });
  const length = inputs.suffixTokens.shape[1]!;
  return Object.fromEntries(
    Array.from({ length: config.decoderLayers }, (_, layer) => {
      const map = record[attentionName(config, layer)]!; // [1, heads, query, keys]
      const [batch, heads, queries, keys] = map.shape as [number, number, number, number];
      const ofSuffix = tf.slice(map, [0, 0, queries - length, 0], [batch, heads, length, keys]); // [1, heads, suffix, keys]
      return [String(layer), ofSuffix];
    }),
  );
}
