import type * as tf from "@tensorflow/tfjs-core";
import { type CompiledFunction, type CompileOptions, compile, NativeTensor } from "../../engine/index.js";
import { hidePatches } from "../../layers/masks.js";
import { type NativeWeights, specifyWeights, toNatives } from "../../layers/native.js";
import type { Weights } from "../../layers/weights.js";
import type { SaidText } from "../attention-maps.js";
import { type Asked, chooseTokens, hiddenIn, type RowScorer } from "../text-scorer.js";
import type { ModelInputs } from "./inputs.js";
import { hiddenStates, toLogits } from "./model.js";
import { parameterShapes } from "./parameters.js";
import { batchPrefixes } from "./prefix-batch.js";
import { repeatPrefix } from "./repeat-prefix.js";
import { attentionName, type SaidInputs } from "./simvlm-attention.js";
import { gridSide, type SimVLMConfig } from "./simvlm-config.js";

/**
 * Scores rows of a text by one pass over the whole of it.
 * @param weights but for those that `options.constants` has
 * @param toInputs one example and its text
 */
export function scoreRows(
  weights: NativeWeights,
  config: SimVLMConfig,
  toInputs: (said: SaidText) => SaidInputs,
  pad: number,
  options: CompileOptions,
): RowScorer {
  type Inputs = { readonly weights: Weights; readonly inputs: ModelInputs; readonly asked: Asked };
  const signature = specifyWeights(parameterShapes(config));
  const compute = (all: Inputs): tf.Tensor =>
    chooseTokens(readLogits(all.weights, all.inputs, all.asked, config), all.asked);
  const used = new Set<CompiledFunction<Inputs, tf.Tensor>>();
  return {
    patches: gridSide(config) ** 2,
    layers: config.decoderLayers,
    vocabularySize: config.vocabularySize,
    locate: (said) => ({ places: toInputs(said).suffixTokens.data.length, first: 0 }),
    async score({ said, images, rows, asked }) {
      const { suffixTokens: one } = toInputs(said);
      const places = one.data.length;
      const suffixTokens = new Int32Array(rows * places);
      for (let row = 0; row < rows; row++) suffixTokens.set(one.data, row * places);
      const prefix = batchPrefixes(
        images.map((image) => ({ image, prompt: said.example.prompt })),
        config,
        pad,
      );
      const inputs = { ...toNatives(prefix), suffixTokens: NativeTensor.of(suffixTokens, [rows, places], "int32") };
      const all = { weights, inputs, asked };
      const compiled = await compile(compute, { ...all, weights: signature }, options);
      used.add(compiled);
      return compiled.run(all);
    },
    async close() {
      for (const compiled of used) await compiled.dispose();
      used.clear();
    },
  };
}

/** `[rows, suffix, vocabulary]`, of rows that have a picture each or share one. */
function readLogits(weights: Weights, inputs: ModelInputs, asked: Asked, config: SimVLMConfig): tf.Tensor {
  const [rows, length] = inputs.suffixTokens.shape as [number, number];
  const prompt = inputs.prefixTokens?.shape[1] ?? 0;
  const start = gridSide(config) ** 2 + prompt;
  const isOneStack = config.layout === "decoder-only";
  const keys = { before: 0, behind: prompt + (isOneStack ? length : 0) };
  const queries = isOneStack ? { count: start + length, first: start } : undefined;
  const masks = Object.fromEntries(
    Array.from({ length: config.decoderLayers }, (_, layer) => {
      return [attentionName(config, layer), hidePatches(hiddenIn(asked, layer), keys, queries)]; // [rows, 1, query, key]
    }),
  );
  const isShared = inputs.images?.shape[0] !== rows;
  const states = isShared
    ? repeatPrefix(weights, inputs, config, rows).finish({ masks })
    : hiddenStates(weights, inputs, config, { masks }).states; // [rows, suffix, width]
  return toLogits(states, weights); // [rows, suffix, vocabulary]
}
