import type * as tf from "@tensorflow/tfjs-core";
import { normAt, normShapes } from "../../layers/dense.js";
import type { Hooks } from "../../layers/transformer.js";
import { embedPatches, runVision } from "../../layers/vision-transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { type LayerNames, preNormLayers, preNormShapes } from "../published/pre-norm-layers.js";
import { gridOf, type VisionConfig } from "../published/stack-config.js";

const VISION = "encoder";
const LAYERS = `${VISION}.encoder.layer`;
const LAYER: LayerNames = {
  projections: ["attention.attention.query", "attention.attention.key", "attention.attention.value"],
  output: "attention.output.dense",
  norms: ["layernorm_before", "layernorm_after"],
  mlp: ["intermediate.dense", "output.dense"],
};

/** A picture's states `[batch, 1 + grid², width]`, by ViT (Dosovitskiy et al. 2020). */
export function seeVitPicture(images: tf.Tensor, weights: Weights, config: VisionConfig, hooks: Hooks): tf.Tensor {
  const get = under(weights, `${VISION}.embeddings`);
  const tokens = embedPatches(images, {
    kernel: get("patch_embeddings.projection.weight"),
    bias: get("patch_embeddings.projection.bias"),
    classToken: get("cls_token"),
    positions: get("position_embeddings"),
  }); // [batch, 1 + grid², width]
  hooks.keep("vision.input", tokens);
  const x = runVision(tokens, preNormLayers(weights, LAYERS, "vision", config, LAYER), hooks); // [batch, 1 + grid², width]
  const states = normAt(weights, `${VISION}.layernorm`, config.epsilon)(x); // [batch, 1 + grid², width]
  hooks.keep("vision.last", states);
  return states;
}

/** The shapes of the weights of {@link seeVitPicture}. @param bias whether queries, keys and values have biases */
export function vitShapes(config: VisionConfig, bias: boolean): ParameterShapes {
  const { width, patch } = config;
  return {
    [`${VISION}.embeddings.cls_token`]: [1, 1, width],
    [`${VISION}.embeddings.position_embeddings`]: [1, gridOf(config) ** 2 + 1, width],
    [`${VISION}.embeddings.patch_embeddings.projection.weight`]: [width, 3, patch, patch],
    [`${VISION}.embeddings.patch_embeddings.projection.bias`]: [width],
    ...preNormShapes(LAYERS, config, LAYER, bias),
    ...normShapes(`${VISION}.layernorm`, width),
  };
}
