import * as tf from "@tensorflow/tfjs-core";
import { denseBy, normAt, normShapes } from "../../layers/dense.js";
import { fromSequence } from "../../layers/key-values.js";
import { causalMask } from "../../layers/masks.js";
import { type Hooks, runLayers } from "../../layers/transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { CLIP_LAYER, clipVisionShapes, runClipVision } from "../published/clip-vision.js";
import { preNormLayers, preNormShapes } from "../published/pre-norm-layers.js";
import type { ClipConfig } from "./clip-config.js";

const VISION = "vision_model";
const TEXT = "text_model";

/** CLIP (Radford et al. 2021): pictures as `[batch, projection]`, not normalised. @param images `[batch, side, side, 3]` */
export function projectImages(images: tf.Tensor, weights: Weights, { vision }: ClipConfig, hooks: Hooks): tf.Tensor {
  const x = runClipVision(images, weights, VISION, vision, hooks); // [batch, 1 + grid², width]
  const [batch, , width] = x.shape as [number, number, number];
  const first = tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, width]), [batch, width]); // [batch, width]
  const pooled = normAt(weights, `${VISION}.post_layernorm`, vision.epsilon)(first); // [batch, width]
  hooks.keep("vision.pooled", pooled);
  return denseBy(pooled, under(weights, "visual_projection")("weight")); // [batch, projection]
}

/**
 * Texts as `[batch, projection]`, not normalised. What comes behind the place that is read changes nothing.
 * @param tokens `[batch, length]` int32, with start and end
 * @param ends `[batch]` int32: the place that each text is read at
 */
export function projectTexts(
  { tokens, ends }: { readonly tokens: tf.Tensor; readonly ends: tf.Tensor },
  weights: Weights,
  { text }: ClipConfig,
  hooks: Hooks,
): tf.Tensor {
  const [batch, length] = tokens.shape as [number, number];
  const get = under(weights, `${TEXT}.embeddings`);
  const words = tf.gather(get("token_embedding.weight"), tokens as tf.Tensor2D); // [batch, length, width]
  const positions = tf.slice(get("position_embedding.weight"), [0, 0], [length, text.width]); // [length, width]
  const input = tf.add(words, positions); // [batch, length, width]
  hooks.keep("text.input", input);
  const mask = causalMask(length); // [1, 1, length, length]
  const layers = preNormLayers(weights, `${TEXT}.encoder.layers`, "text", text, CLIP_LAYER);
  const x = runLayers(input, layers, { self: fromSequence(() => mask) }, hooks); // [batch, length, width]
  const states = normAt(weights, `${TEXT}.final_layer_norm`, text.epsilon)(x); // [batch, length, width]
  hooks.keep("text.last", states);
  const rows = tf.add(tf.mul(tf.range(0, batch, 1, "int32"), tf.scalar(length, "int32")), ends); // [batch]
  const read = tf.gather(tf.reshape(states, [batch * length, text.width]), rows as tf.Tensor1D); // [batch, width]
  return denseBy(read, under(weights, "text_projection")("weight")); // [batch, projection]
}

/** The place that a text is read at. @param ids with start and end */
export function endOf(ids: readonly number[], { text }: ClipConfig): number {
  return ids.indexOf(text.readAt === "first-end" ? text.endId : Math.max(...ids));
}

/** The shapes of all of CLIP's weights. */
export function clipShapes({ vision, text, projection }: ClipConfig): ParameterShapes {
  return {
    ...clipVisionShapes(VISION, vision),
    "visual_projection.weight": [projection, vision.width],
    [`${TEXT}.embeddings.token_embedding.weight`]: [text.vocabularySize, text.width],
    [`${TEXT}.embeddings.position_embedding.weight`]: [text.positions, text.width],
    ...preNormShapes(`${TEXT}.encoder.layers`, text, CLIP_LAYER),
    ...normShapes(`${TEXT}.final_layer_norm`, text.width),
    "text_projection.weight": [projection, text.width],
    logit_scale: [],
  };
}
