import type * as tf from "@tensorflow/tfjs-core";
import { type CompiledFunction, compile, NativeTensor } from "../../engine/index.js";
import { hidePatches } from "../../layers/masks.js";
import type { Weights } from "../../layers/weights.js";
import type { SaidText } from "../attention-maps.js";
import { type Asked, chooseTokens, hiddenIn, type RowScorer } from "../text-scorer.js";
import type { Execution } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import { type CaptionNetwork, type GivenText, isOneSequence, NO_HOOKS } from "./caption-network.js";
import { type GivenSaid, repeatTokens } from "./said-text.js";

/** Scores rows of a text by one pass over the whole of it. */
export function scoreCaptionRows(
  network: CaptionNetwork,
  { signature, constants, matrices }: WeightConstants,
  give: (said: SaidText) => GivenSaid,
  execution: Execution = {},
): RowScorer {
  type Inputs = { readonly weights: Weights; readonly given: GivenText; readonly asked: Asked };
  const { imageSize: side } = network;
  const compute = (all: Inputs): tf.Tensor =>
    chooseTokens(readLogits(network, all.weights, all.given, all.asked), all.asked);
  const used = new Set<CompiledFunction<Inputs, tf.Tensor>>();
  return {
    patches: network.grid ** 2,
    layers: network.maps.decoder.length,
    vocabularySize: network.vocabularySize,
    locate(said) {
      const { given, prompt } = give(said);
      return { places: given.tokens.data.length, first: prompt };
    },
    async score({ said, images, rows, asked }) {
      const pixels = new Float32Array(images.length * side * side * 3);
      for (const [index, image] of images.entries()) pixels.set(image, index * side * side * 3);
      const { given: one } = give(said);
      const given = {
        ...one,
        images: NativeTensor.of(pixels, [images.length, side, side, 3]),
        tokens: repeatTokens(one.tokens, rows),
      };
      const compiled = await compile(
        compute,
        { weights: signature, given, asked },
        { ...execution, constants, matrices },
      );
      used.add(compiled);
      return compiled.run({ weights: {}, given, asked });
    },
    async close() {
      for (const compiled of used) await compiled.dispose();
      used.clear();
    },
  };
}

/** `[rows, length, vocabulary]`. Where words look at a question, what is hidden is hidden from the question. */
function readLogits(network: CaptionNetwork, weights: Weights, given: GivenText, asked: Asked): tf.Tensor {
  const { grid, maps } = network;
  const length = given.tokens.shape[1]!;
  const start = grid ** 2 + 1;
  const joined = isOneSequence(network);
  const keys = { before: 1, behind: joined ? length : 0 }; // the class token stands before the patches
  const queries = joined ? { count: start + length, first: start } : undefined;
  const masks = Object.fromEntries(
    (maps.question ?? maps.decoder).map((name, layer) => [name, hidePatches(hiddenIn(asked, layer), keys, queries)]),
  ); // [rows, 1, query, key]
  const states = network.forward(weights, given, { ...NO_HOOKS, masks }); // [rows, length, width]
  return network.logits(weights, states); // [rows, length, vocabulary]
}
