import * as tf from "@tensorflow/tfjs-core";
import { activationOf } from "../../layers/activations.js";
import { dense, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import type { Hooks, Layer } from "../../layers/transformer.js";
import { embedPatches, runVision } from "../../layers/vision-transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { type ClipVisionConfig, gridOf } from "../published/clip-layers.js";

const VISION = "vision_model";

/** A picture's states `[batch, 1 + grid², width]`. */
export function seeBlipPicture(images: tf.Tensor, weights: Weights, config: ClipVisionConfig, hooks: Hooks): tf.Tensor {
  const get = under(weights, `${VISION}.embeddings`);
  const tokens = embedPatches(images, {
    kernel: get("patch_embedding.weight"),
    bias: get("patch_embedding.bias"),
    classToken: get("class_embedding"),
    positions: get("position_embedding"),
  }); // [batch, 1 + grid², width]
  hooks.keep("vision.input", tokens);
  const x = runVision(tokens, layersOf(weights, config), hooks); // [batch, 1 + grid², width]
  const states = normAt(weights, `${VISION}.post_layernorm`, config.epsilon)(x); // [batch, 1 + grid², width]
  hooks.keep("vision.last", states);
  return states;
}

function layersOf(weights: Weights, config: ClipVisionConfig): Layer[] {
  const activation = activationOf(config.activation);
  return Array.from({ length: config.layers }, (_, index) => {
    const place = `${VISION}.encoder.layers.${index}`;
    const thirds = (x: tf.Tensor) =>
      tf.split(dense(x, weights, `${place}.self_attn.qkv`), 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor]; // 3 × [batch, tokens, width]
    return {
      name: `vision.${index}`,
      order: "pre-norm",
      attention: {
        heads: config.heads,
        norm: normAt(weights, `${place}.layer_norm1`, config.epsilon),
        queriesKeysValues: thirds,
        queries: (x) => thirds(x)[0],
        keysValues: (x) => [thirds(x)[1], thirds(x)[2]],
        output: (x) => dense(x, weights, `${place}.self_attn.projection`), // [batch, tokens, width]
      },
      mlp: {
        norm: normAt(weights, `${place}.layer_norm2`, config.epsilon),
        compute: (x) => dense(activation(dense(x, weights, `${place}.mlp.fc1`)), weights, `${place}.mlp.fc2`), // [batch, tokens, width]
      },
    };
  });
}

/** The shapes of the weights of {@link seeBlipPicture}. */
export function blipVisionShapes(config: ClipVisionConfig): ParameterShapes {
  const { width, patch, mlpWidth } = config;
  const layers = Array.from({ length: config.layers }, (_, index): ParameterShapes => {
    const place = `${VISION}.encoder.layers.${index}`;
    return {
      ...denseShapes(`${place}.self_attn.qkv`, width, 3 * width),
      ...denseShapes(`${place}.self_attn.projection`, width, width),
      ...normShapes(`${place}.layer_norm1`, width),
      ...denseShapes(`${place}.mlp.fc1`, width, mlpWidth),
      ...denseShapes(`${place}.mlp.fc2`, mlpWidth, width),
      ...normShapes(`${place}.layer_norm2`, width),
    };
  });
  return {
    [`${VISION}.embeddings.class_embedding`]: [1, 1, width],
    [`${VISION}.embeddings.position_embedding`]: [1, gridOf(config) ** 2 + 1, width],
    [`${VISION}.embeddings.patch_embedding.weight`]: [width, 3, patch, patch],
    [`${VISION}.embeddings.patch_embedding.bias`]: [width],
    ...Object.assign({}, ...layers),
    ...normShapes(`${VISION}.post_layernorm`, width),
  };
}
