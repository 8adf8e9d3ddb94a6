import * as tf from "@tensorflow/tfjs-core";
import { compile, NativeTensor } from "../../engine/index.js";
import type { Weights } from "../../layers/weights.js";
import type { AttentionRecord, SaidText } from "../attention-maps.js";
import type { Execution } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import { type CaptionNetwork, type GivenText, isOneSequence, NO_HOOKS } from "./caption-network.js";
import { type GivenSaid, repeatTokens } from "./said-text.js";

/** A row for each token; all have the same text, and what differs is whose logit is differentiated. */
type Asked = {
  /** `[rows, length]`, 1 where the row's token is chosen. */
  readonly places: tf.Tensor;
  /** `[rows]` int32, the token that is chosen there. */
  readonly targets: tf.Tensor;
};

/** Attention maps of so many numbers are held at once; more rows are computed one part after another. */
const MOST_NUMBERS = 2 ** 25;

/**
 * The derivative of each token's logit with respect to the attention paid when it was chosen, all else of the text
 * being as it is.
 * @param most how many numbers the maps of all layers may have at once
 * @returns `[layers, heads, tokens, keys]`
 */
export async function differentiateLogits(
  { layers, heads, tokens, keys, data }: AttentionRecord,
  network: CaptionNetwork,
  { signature, constants, matrices }: WeightConstants,
  said: SaidText,
  { given, prompt }: GivenSaid,
  execution: Execution = {},
  most = MOST_NUMBERS,
): Promise<Float32Array> {
  const gradients = new Float32Array(data.length);
  const differentiate = (all: { weights: Weights; given: GivenText; asked: Asked }) =>
    differentiateMaps(network, all.weights, all.given, all.asked);
  const step = Math.max(1, Math.floor(most / countNumbers(network, given)));
  const used = new Set<{ dispose(): Promise<void> }>();
  try {
    for (let first = 0; first < tokens; first += step) {
      const rows = Math.min(step, tokens - first);
      const texts = { images: given.images, tokens: repeatTokens(given.tokens, rows) };
      const asked = ask(said.tokens.slice(first, first + rows), given, prompt + first);
      const inputs = { given: texts, asked };
      const compiled = await compile(
        differentiate,
        { weights: signature, ...inputs },
        { ...execution, constants, matrices },
      );
      used.add(compiled);
      const results = Object.values(await compiled.run({ weights: {}, ...inputs }));
      for (let layer = 0; layer < layers; layer++) {
        // [rows, heads, 1, keys and padding]
        const { shape, data: values } = results[layer]!;
        for (let row = 0; row < rows; row++) {
          for (let head = 0; head < heads; head++) {
            const begin = (row * heads + head) * shape[3]!;
            const own = (values as Float32Array).subarray(begin, begin + keys.length);
            gradients.set(own, ((layer * heads + head) * tokens + first + row) * keys.length);
          }
        }
      }
    }
    return gradients;
  } finally {
    for (const compiled of used) await compiled.dispose();
  }
}

/** The size of one row's attention maps in all layers of the decoder. */
function countNumbers(network: CaptionNetwork, { tokens }: GivenSaid["given"]): number {
  const picture = network.grid ** 2 + 1;
  const length = tokens.shape[1]!;
  const map = isOneSequence(network) ? (picture + length) ** 2 : length * (picture + length);
  return network.maps.decoder.length * network.heads * map;
}

/** @param first the place at which the first of the tokens is chosen */
function ask(tokens: readonly number[], { tokens: text }: GivenSaid["given"], first: number) {
  const length = text.data.length;
  const places = new Float32Array(tokens.length * length);
  for (let row = 0; row < tokens.length; row++) places[row * length + first + row] = 1;
  return {
    places: NativeTensor.of(places, [tokens.length, length]),
    targets: NativeTensor.of(Int32Array.from(tokens), [tokens.length], "int32"),
  };
}

/** `[rows, heads, 1, keys]` of each decoder layer, by its number. */
function differentiateMaps(
  network: CaptionNetwork,
  weights: Weights,
  given: GivenText,
  { places, targets }: Asked,
): Record<string, tf.Tensor> {
  const { maps, heads, grid, vocabularySize } = network;
  const [rows, length] = given.tokens.shape as [number, number];
  const before = grid ** 2 + 1;
  const joined = isOneSequence(network);
  const keys = before + (joined ? length : 0);
  const queries = joined ? tf.concat([tf.zeros([rows, before]), places], 1) : places; // [rows, query]
  const own = tf.reshape(queries, [rows, 1, queries.shape[1]!, 1]); // [rows, 1, query, 1]
  // Each row probes the one query at which its token is chosen; what later tokens owe to it stays out.
  const logit = (...zeros: tf.Tensor[]): tf.Tensor => {
    const probes = Object.fromEntries(zeros.map((probe, layer) => [maps.decoder[layer]!, tf.mul(probe, own)])); // [rows, heads, query, key]
    const states = network.forward(weights, given, { ...NO_HOOKS, probes }); // [rows, length, width]
    const chosen = tf.sum(tf.mul(states, tf.expandDims(places, 2)), 1); // [rows, width]
    const wanted = tf.oneHot(targets as tf.Tensor1D, vocabularySize, 1, 0, "float32"); // [rows, vocabulary]
    return tf.sum(tf.mul(network.logits(weights, chosen), wanted)); // []
  };
  const gradients = tf.grads(logit)(maps.decoder.map(() => tf.zeros([rows, heads, 1, keys])));
  return Object.fromEntries(gradients.map((gradient, layer) => [String(layer), gradient]));
}
