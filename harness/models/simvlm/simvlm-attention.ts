import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { type CompileOptions, compile } from "../../engine/compile.js";
import { type NativeWeights, specifyWeights, toNatives } from "../../layers/native.js";
import type { HostTensor, Weights } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import type { AttentionMaps, AttentionRecord, SaidText, SelfAttention } from "../attention-maps.js";
import { readRecord } from "../attention-record.js";
import { roundPlaces } from "../round-places.js";
import { createTextScorer, executionOf } from "../text-scorer.js";
import { differentiateLogits } from "./attention-gradient.js";
import type { HostPrefix } from "./batch.js";
import { createContext } from "./context.js";
import type { ModelInputs } from "./inputs.js";
import { encode, hiddenStates, runStack } from "./model.js";
import { parameterShapes } from "./parameters.js";
import { batchPrefixes } from "./prefix-batch.js";
import { gridSide, type SimVLMConfig } from "./simvlm-config.js";
import { scoreRows } from "./simvlm-scorer.js";

/**
 * The attention maps of a SimVLM: the decoder's cross attention; in the decoder-only layout, whose one stack sees
 * picture, prompt and text in one sequence, its self-attention.
 * @param weights but for those that `own.constants` has
 */
export function attentionMaps(
  weights: NativeWeights,
  config: SimVLMConfig,
  tokenizer: Tokenizer,
  own: CompileOptions = {},
): AttentionMaps {
  const inputsOf = (said: SaidText) => toInputs(said, config, tokenizer);
  return {
    layers: config.decoderLayers,
    heads: config.heads,
    record: async (said, execution) =>
      recordAttention(weights, config, inputsOf(said), said.tokens.length, { ...execution, ...own }),
    selfAttention: async (said, execution) =>
      recordSelfAttention(weights, config, inputsOf(said), { ...execution, ...own }),
    openScorer: (options) => {
      const how = { ...executionOf(options), ...own };
      return createTextScorer(scoreRows(weights, config, inputsOf, tokenizer.padId, how), options);
    },
    gradients: async (record, said, execution) =>
      differentiateLogits(record, weights, config, inputsOf(said), { ...execution, ...own }),
  };
}

/** One example and its text, as the forward pass takes them. */
export type SaidInputs = HostPrefix & { readonly suffixTokens: HostTensor<Int32Array> };

/** @throws SimvlmError `no-image` */
function toInputs({ example, tokens }: SaidText, config: SimVLMConfig, tokenizer: Tokenizer): SaidInputs {
  if (!example.image) throw new SimvlmError("no-image", "There is no picture in the prefix to show attention on.");
  // In one stack the suffix's positions go on where the prompt's end.
  const before = config.layout === "decoder-only" ? example.prompt.length : 0;
  const suffix = [tokenizer.startId, ...tokens];
  const length = roundPlaces(suffix.length, config.textLength - before);
  const padded = new Int32Array(Math.max(length, suffix.length)).fill(suffix.at(-1)!);
  padded.set(suffix);
  return {
    ...batchPrefixes([example], config, tokenizer.padId),
    suffixTokens: { shape: [1, padded.length], data: padded },
  };
}

async function recordAttention(
  weights: NativeWeights,
  config: SimVLMConfig,
  said: SaidInputs,
  tokens: number,
  options: CompileOptions,
): Promise<AttentionRecord> {
  const given = { weights: specifyWeights(parameterShapes(config)), inputs: toNatives(said) };
  const read = (all: { weights: Weights; inputs: ModelInputs }) => readLayers(all.weights, all.inputs, config);
  const compiled = await compile(read, given, options);
  try {
    const results = Object.values(await compiled.run({ ...given, weights }));
    const promptPlaces = said.prefixTokens?.shape[1] ?? 0;
    const shape = { tokens, grid: gridSide(config), hasClass: false, prompt: promptPlaces, promptPlaces };
    return readRecord(results, shape);
  } finally {
    await compiled.dispose();
  }
}

/** The name in a `ForwardRecord` of the map that shows where a decoder layer looks. */
export function attentionName({ layout }: SimVLMConfig, layer: number): string {
  return `decoder.${layer}.${layout === "decoder-only" ? "attention" : "cross"}`;
}

/** `[1, heads, suffix, keys]` of each decoder layer, by its number. */
export function readLayers(weights: Weights, inputs: ModelInputs, config: SimVLMConfig): Record<string, tf.Tensor> {
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

async function recordSelfAttention(
  weights: NativeWeights,
  config: SimVLMConfig,
  said: SaidInputs,
  options: CompileOptions,
): Promise<SelfAttention> {
  const given = { weights: specifyWeights(parameterShapes(config)), inputs: toNatives(said) };
  const read = (all: { weights: Weights; inputs: ModelInputs }) => averageHeads(all.weights, all.inputs, config);
  const compiled = await compile(read, given, options);
  try {
    const results = Object.values(await compiled.run({ ...given, weights }));
    return {
      length: results[0]!.shape[0]!,
      layers: results.map((result) => Float32Array.from(result.data as Float32Array)),
    };
  } finally {
    await compiled.dispose();
  }
}

/** `[length, length]` of each layer of the encoder, or of the single stack, by its number. */
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
