import type { Tensor } from "@tensorflow/tfjs-core";
import { normAt, normShapes } from "../../layers/dense.js";
import type { Hooks } from "../../layers/transformer.js";
import { embedPatches, runVision } from "../../layers/vision-transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { type LayerNames, preNormLayers, preNormShapes } from "./pre-norm-layers.js";
import { gridOf, type VisionConfig } from "./stack-config.js";

/** The weights of a layer of CLIP's towers. */
export const CLIP_LAYER: LayerNames = {
  projections: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  output: "self_attn.out_proj",
  norms: ["layer_norm1", "layer_norm2"],
  mlp: ["mlp.fc1", "mlp.fc2"],
};

/**
 * Pictures through CLIP's tower, which GIT has from CLIP, before its last norm: `[batch, tokens, width]`.
 * @param prefix of the weights, up to `vision_model`
 */
export function runClipVision(
  images: Tensor,
  weights: Weights,
  prefix: string,
  config: VisionConfig,
  hooks: Hooks,
): Tensor {
  const get = under(weights, `${prefix}.embeddings`);
  const tokens = embedPatches(images, {
    kernel: get("patch_embedding.weight"),
    classToken: get("class_embedding"),
    positions: get("position_embedding.weight"),
  }); // [batch, tokens, width]
  const first = normAt(weights, `${prefix}.pre_layrnorm`, config.epsilon)(tokens); // [batch, tokens, width]
  hooks.keep("vision.input", first);
  const layers = preNormLayers(weights, `${prefix}.encoder.layers`, "vision", config, CLIP_LAYER);
  return runVision(first, layers, hooks); // [batch, tokens, width]
}

/** The shapes of {@link runClipVision}'s weights, and of the norm after it. */
export function clipVisionShapes(prefix: string, config: VisionConfig): ParameterShapes {
  const { width, patch } = config;
  return {
    [`${prefix}.embeddings.class_embedding`]: [width],
    [`${prefix}.embeddings.patch_embedding.weight`]: [width, 3, patch, patch],
    [`${prefix}.embeddings.position_embedding.weight`]: [gridOf(config) ** 2 + 1, width],
    ...normShapes(`${prefix}.pre_layrnorm`, width),
    ...preNormShapes(`${prefix}.encoder.layers`, config, CLIP_LAYER),
    ...normShapes(`${prefix}.post_layernorm`, width),
  };
}
