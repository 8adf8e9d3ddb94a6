import * as tf from "@tensorflow/tfjs-core";
import type { HostPrefix } from "../decoding/decoder.js";
import { type CompileOptions, compile } from "../engine/compile.js";
import { type NativeWeights, toNatives } from "../layers/native.js";
import type { HostTensor, Weights } from "../layers/weights.js";
import type { SimVLMConfig } from "../models/simvlm/config.js";
import { createContext } from "../models/simvlm/context.js";
import type { ModelInputs } from "../models/simvlm/inputs.js";
import { encode, runStack } from "../models/simvlm/model.js";
import { type AttentionRecord, padSuffix } from "./record.js";
import { averageAttention } from "./words.js";

/** Self-attention of the stack that sees the picture, mean of the heads: the encoder's, or the single stack's. */
export interface SelfAttention {
  /** Length of the sequence: the prefix, and in the decoder-only layout the padded suffix after it. */
  readonly length: number;
  /** `[length, length]` of each layer, from the first; rows are queries. */
  readonly layers: readonly Float32Array[];
}

/** @param suffix as for `recordAttention` */
export async function recordSelfAttention(
  weights: NativeWeights,
  config: SimVLMConfig,
  prefix: HostPrefix,
  suffix: HostTensor<Int32Array>,
  options: Pick<CompileOptions, "provider"> = {},
): Promise<SelfAttention> {
  const inputs = { ...toNatives(prefix), ...toNatives({ suffixTokens: padSuffix(suffix, prefix, config) }) };
  const read = (all: { weights: Weights; inputs: ModelInputs }) => averageHeads(all.weights, all.inputs, config);
  const compiled = await compile(read, { weights, inputs }, options);
  try {
    const results = Object.values(await compiled.run({ weights, inputs }));
    return {
      length: results[0]!.shape[0]!,
      layers: results.map((result) => Float32Array.from(result.data as Float32Array)),
    };
  } finally {
    await compiled.dispose();
  }
}

/** `[length, length]` of each layer, by its number. */
function averageHeads(weights: Weights, inputs: ModelInputs, config: SimVLMConfig): Record<string, tf.Tensor> {
  const context = createContext(weights, config, { record: true });
  const oneStack = config.layout === "decoder-only";
  if (oneStack) runStack(inputs, context);
  else encode(inputs, context);
  const [stack, layers] = oneStack ? ["decoder", config.decoderLayers] : ["encoder", config.encoderLayers];
  return Object.fromEntries(
    Array.from({ length: layers as number }, (_, layer) => {
      const map = context.record[`${stack}.${layer}.attention`]!; // [1, heads, query, key]
      return [String(layer), tf.squeeze(tf.mean(map, 1), [0])]; // [query, key]
    }),
  );
}

/**
 * Attention rollout (Abnar and Zuidema, ACL 2020): what each place of the last layer is made of, when a layer's output
 * is taken for half its attention and half what was there. The product of ½·attention + ½·identity over the layers.
 * @returns `[length, length]`; rows add up to 1
 */
export function rollOut({ length, layers }: SelfAttention): Float64Array {
  let rolled = new Float64Array(length * length);
  for (let place = 0; place < length; place++) rolled[place * length + place] = 1;
  for (const layer of layers) {
    const mixed = Float64Array.from(layer, (share) => share / 2);
    for (let place = 0; place < length; place++) mixed[place * length + place]! += 1 / 2;
    rolled = multiply(mixed, rolled, length);
  }
  return rolled;
}

/** `left` `[rows, inner]` times `right` `[inner, inner]`. */
function multiply(left: ArrayLike<number>, right: Float64Array, inner: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(left.length);
  for (let row = 0; row < left.length; row += inner) {
    for (let middle = 0; middle < inner; middle++) {
      const factor = left[row + middle]!;
      if (factor === 0) continue;
      for (let column = 0; column < inner; column++) product[row + column]! += factor * right[middle * inner + column]!;
    }
  }
  return product;
}

/**
 * Rollout for each token: the decoder's cross attention, mean of layers and heads, traced back through the encoder. In
 * the decoder-only layout it is the token's own row of the single stack's rollout.
 * @returns a record of one layer and one head; the values of a token add up to 1
 */
export function rollOutTokens(record: AttentionRecord, attention: SelfAttention): AttentionRecord {
  const rolled = rollOut(attention);
  const { length } = attention;
  const { tokens, suffixKeys } = record;
  const data =
    suffixKeys > 0
      ? rolled.subarray((length - suffixKeys) * length, (length - suffixKeys + tokens) * length)
      : multiply(averageAttention(record), rolled, length);
  return { ...record, layers: 1, heads: 1, data: Float32Array.from(data) };
}
