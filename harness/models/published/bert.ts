import * as tf from "@tensorflow/tfjs-core";
import { type Activation, activationOf } from "../../layers/activations.js";
import type { AttentionBlock } from "../../layers/attention.js";
import { dense, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import type { Layer } from "../../layers/transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import type { StackConfig } from "./stack-config.js";

/** Sizes of a BERT, whose layers GIT and BLIP use for text. */
export interface BertConfig extends StackConfig {
  readonly vocabularySize: number;
  readonly positions: number;
  /** The width of what cross-attention reads; absent where there is none. */
  readonly memoryWidth?: number | undefined;
}

/**
 * The layers of a BERT as functions of states.
 * @param prefix of the weights: `PREFIX.0.attention.self.query.weight`
 * @param name what hooks know the layers by: `NAME.0.attention`
 */
export function bertLayers(weights: Weights, prefix: string, name: string, config: BertConfig): Layer[] {
  const activation = activationOf(config.activation);
  return Array.from({ length: config.layers }, (_, index) => {
    const place = `${prefix}.${index}`;
    return {
      name: `${name}.${index}`,
      order: "post-norm",
      attention: attentionOf(weights, `${place}.attention`, config),
      ...(config.memoryWidth !== undefined && { cross: attentionOf(weights, `${place}.crossattention`, config) }),
      mlp: mlpOf(weights, place, activation, config),
    };
  });
}

function attentionOf(weights: Weights, place: string, { heads, epsilon }: BertConfig): AttentionBlock {
  const project = (part: string) => (x: tf.Tensor) => dense(x, weights, `${place}.self.${part}`); // [batch, tokens, width]
  const [query, key, value] = [project("query"), project("key"), project("value")];
  return {
    heads,
    norm: normAt(weights, `${place}.output.LayerNorm`, epsilon),
    queriesKeysValues: (x) => [query(x), key(x), value(x)],
    queries: query,
    keysValues: (x) => [key(x), value(x)],
    output: (x) => dense(x, weights, `${place}.output.dense`),
  };
}

function mlpOf(weights: Weights, place: string, activation: Activation, { epsilon }: BertConfig): Layer["mlp"] {
  return {
    norm: normAt(weights, `${place}.output.LayerNorm`, epsilon),
    compute: (x) =>
      dense(activation(dense(x, weights, `${place}.intermediate.dense`)), weights, `${place}.output.dense`), // [batch, tokens, width]
  };
}

/**
 * Words with their positions, normalised.
 * @param tokens `[batch, length]` int32
 * @param start the position of the first token, an int32 scalar; default 0
 * @returns `[batch, length, width]`
 */
export function embedBertText(
  tokens: tf.Tensor,
  weights: Weights,
  prefix: string,
  { epsilon }: BertConfig,
  start?: tf.Tensor,
): tf.Tensor {
  const get = under(weights, prefix);
  const words = tf.gather(get("word_embeddings.weight"), tokens as tf.Tensor2D); // [batch, length, width]
  const places = tf.range(0, tokens.shape[1]!, 1, "int32"); // [length]
  const positions = start ? tf.add(places, start) : places; // [length]
  const table = tf.gather(get("position_embeddings.weight"), positions as tf.Tensor1D); // [length, width]
  return normAt(weights, `${prefix}.LayerNorm`, epsilon)(tf.add(words, table)); // [batch, length, width]
}

/** The shapes of the weights of {@link embedBertText}. */
export function bertEmbeddingShapes(prefix: string, { width, vocabularySize, positions }: BertConfig): ParameterShapes {
  return {
    [`${prefix}.word_embeddings.weight`]: [vocabularySize, width],
    [`${prefix}.position_embeddings.weight`]: [positions, width],
    ...normShapes(`${prefix}.LayerNorm`, width),
  };
}

/** The shapes of the weights of {@link bertLayers}. */
export function bertLayerShapes(prefix: string, config: BertConfig): ParameterShapes {
  const { width, mlpWidth, memoryWidth } = config;
  const attention = (place: string, keyWidth: number): ParameterShapes => ({
    ...denseShapes(`${place}.self.query`, width, width),
    ...denseShapes(`${place}.self.key`, keyWidth, width),
    ...denseShapes(`${place}.self.value`, keyWidth, width),
    ...denseShapes(`${place}.output.dense`, width, width),
    ...normShapes(`${place}.output.LayerNorm`, width),
  });
  const layers = Array.from({ length: config.layers }, (_, index): ParameterShapes => {
    const place = `${prefix}.${index}`;
    return {
      ...attention(`${place}.attention`, width),
      ...(memoryWidth !== undefined && attention(`${place}.crossattention`, memoryWidth)),
      ...denseShapes(`${place}.intermediate.dense`, width, mlpWidth),
      ...denseShapes(`${place}.output.dense`, mlpWidth, width),
      ...normShapes(`${place}.output.LayerNorm`, width),
    };
  });
  return Object.assign({}, ...layers);
}
