import type * as tf from "@tensorflow/tfjs-core";
import { normAt, normShapes } from "../../layers/dense.js";
import type { Hooks } from "../../layers/transformer.js";
import { embedPatches, runVision } from "../../layers/vision-transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { type LayerNames, preNormLayers, preNormShapes } from "../published/pre-norm-layers.js";
import { gridOf, type VisionConfig } from "../published/stack-config.js";

const VISION = "vision_model";
const LAYERS = `${VISION}.encoder.layers`;
const LAYER: LayerNames = {
  projections: "self_attn.qkv",
  output: "self_attn.projection",
  norms: ["layer_norm1", "layer_norm2"],
  mlp: ["mlp.fc1", "mlp.fc2"],
};

/** A picture's states `[batch, 1 + grid², width]`. */
export function seeBlipPicture(images: tf.Tensor, weights: Weights, config: VisionConfig, hooks: Hooks): tf.Tensor {
  const get = under(weights, `${VISION}.embeddings`);
  const tokens = embedPatches(images, {
    kernel: get("patch_embedding.weight"),
    bias: get("patch_embedding.bias"),
    classToken: get("class_embedding"),
    positions: get("position_embedding"),
  }); // [batch, 1 + grid², width]
  hooks.keep("vision.input", tokens);
  const x = runVision(tokens, preNormLayers(weights, LAYERS, "vision", config, LAYER), hooks); // [batch, 1 + grid², width]
  const states = normAt(weights, `${VISION}.post_layernorm`, config.epsilon)(x); // [batch, 1 + grid², width]
  hooks.keep("vision.last", states);
  return states;
}

/** The shapes of the weights of {@link seeBlipPicture}. */
export function blipVisionShapes(config: VisionConfig): ParameterShapes {
  const { width, patch } = config;
  return {
    [`${VISION}.embeddings.class_embedding`]: [1, 1, width],
    [`${VISION}.embeddings.position_embedding`]: [1, gridOf(config) ** 2 + 1, width],
    [`${VISION}.embeddings.patch_embedding.weight`]: [width, 3, patch, patch],
    [`${VISION}.embeddings.patch_embedding.bias`]: [width],
    ...preNormShapes(LAYERS, config, LAYER),
    ...normShapes(`${VISION}.post_layernorm`, width),
  };
}
