import * as tf from "@tensorflow/tfjs-core";
import { type CompileOptions, compile } from "../../engine/compile.js";
import { type NativeWeights, specifyWeights, toNatives } from "../../layers/native.js";
import type { HostTensor, Weights } from "../../layers/weights.js";
import type { AttentionRecord } from "../attention-maps.js";
import type { ModelInputs } from "./inputs.js";
import { toLogits } from "./model.js";
import { parameterShapes } from "./parameters.js";
import { repeatPrefix } from "./repeat-prefix.js";
import { attentionName, type SaidInputs } from "./simvlm-attention.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** `[rows, ...]`: a row for each token. All have the same text; what differs is whose logit is differentiated. */
interface GradientInputs extends ModelInputs {
  /** `[rows, suffix]`, 1 where the row's token is predicted. */
  readonly places: tf.Tensor;
  /** `[rows]` int32, the token that is predicted there. */
  readonly targets: tf.Tensor;
}

/**
 * The derivative of each token's logit with respect to the attention paid when it was chosen, all else of the text
 * being as it is.
 * @param weights but for those that `options.constants` has
 * @returns `[layers, heads, tokens, keys]`
 */
export async function differentiateLogits(
  { layers, heads, tokens, data }: AttentionRecord,
  weights: NativeWeights,
  config: SimVLMConfig,
  { suffixTokens, ...prefix }: SaidInputs,
  options: CompileOptions = {},
): Promise<Float32Array> {
  const gradients = new Float32Array(data.length);
  if (tokens === 0) return gradients;
  const inputs = { ...toNatives(prefix), ...toNatives(rowsOf(suffixTokens, tokens)) };
  const differentiate = (all: { weights: Weights; inputs: GradientInputs }) =>
    differentiateMaps(all.weights, all.inputs, config);
  const signature = { weights: specifyWeights(parameterShapes(config)), inputs };
  const compiled = await compile(differentiate, signature, options);
  try {
    const results = Object.values(await compiled.run({ weights, inputs }));
    const keys = data.length / (layers * heads * tokens);
    results.forEach(({ data: values, shape }, layer) => {
      // [tokens, heads, 1, keys and padding]
      for (let token = 0; token < tokens; token++) {
        for (let head = 0; head < heads; head++) {
          const begin = (token * heads + head) * shape[3]!;
          const own = (values as Float32Array).subarray(begin, begin + keys);
          gradients.set(own, ((layer * heads + head) * tokens + token) * keys);
        }
      }
    });
    return gradients;
  } finally {
    await compiled.dispose();
  }
}

/** The suffix once for each of its tokens. */
function rowsOf({ data }: HostTensor<Int32Array>, rows: number) {
  const length = data.length;
  const suffixTokens = new Int32Array(rows * length);
  const places = new Float32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    suffixTokens.set(data, row * length);
    places[row * length + row] = 1;
  }
  return {
    suffixTokens: { shape: [rows, length], data: suffixTokens },
    places: { shape: [rows, length], data: places },
    targets: { shape: [rows], data: data.slice(1, rows + 1) },
  };
}

/** `[rows, heads, 1, keys]` of each decoder layer, by its number. */
function differentiateMaps(weights: Weights, inputs: GradientInputs, config: SimVLMConfig): Record<string, tf.Tensor> {
  const [rows, length] = inputs.suffixTokens.shape as [number, number];
  const before = repeatPrefix(weights, inputs, config, rows);
  const keys = before.keys + (config.layout === "decoder-only" ? length : 0);
  const skipped = keys - before.keys > 0 ? before.keys : 0;
  const own = tf.reshape(
    tf.pad(inputs.places as tf.Tensor2D, [
      [0, 0],
      [skipped, 0],
    ]),
    [rows, 1, skipped + length, 1],
  ); // [rows, 1, query, 1]
  // Each row probes the one query at which its token is chosen; what later tokens owe to it stays out.
  const logit = (...probes: tf.Tensor[]): tf.Tensor => {
    const named = probes.map((probe, layer) => [attentionName(config, layer), tf.mul(probe, own)] as const); // [rows, heads, query, key]
    const states = before.finish({ probes: Object.fromEntries(named) }); // [rows, suffix, width]
    const chosen = tf.sum(tf.mul(states, tf.expandDims(inputs.places, 2)), 1); // [rows, width]
    const logits = toLogits(chosen, weights); // [rows, vocabulary]
    const targets = tf.oneHot(inputs.targets as tf.Tensor1D, config.vocabularySize, 1, 0, "float32"); // [rows, vocabulary]
    return tf.sum(tf.mul(logits, targets)); // []
  };
  const zeros = Array.from({ length: config.decoderLayers }, () => tf.zeros([rows, config.heads, 1, keys]));
  const gradients = tf.grads(logit)(zeros);
  return Object.fromEntries(gradients.map((gradient, layer) => [String(layer), gradient]));
}
