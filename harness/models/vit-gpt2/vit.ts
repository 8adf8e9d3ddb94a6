import type * as tf from "@tensorflow/tfjs-core";
import { activationOf } from "../../layers/activations.js";
import { dense, denseBy, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import type { Hooks, Layer } from "../../layers/transformer.js";
import { embedPatches, runVision } from "../../layers/vision-transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { type ClipVisionConfig, gridOf } from "../published/clip-layers.js";

const VISION = "encoder";

/** A picture's states `[batch, 1 + grid², width]`, by ViT (Dosovitskiy et al. 2020). */
export function seeVitPicture(images: tf.Tensor, weights: Weights, config: ClipVisionConfig, hooks: Hooks): tf.Tensor {
  const get = under(weights, `${VISION}.embeddings`);
  const tokens = embedPatches(images, {
    kernel: get("patch_embeddings.projection.weight"),
    bias: get("patch_embeddings.projection.bias"),
    classToken: get("cls_token"),
    positions: get("position_embeddings"),
  }); // [batch, 1 + grid², width]
  hooks.keep("vision.input", tokens);
  const x = runVision(tokens, layersOf(weights, config), hooks); // [batch, 1 + grid², width]
  const states = normAt(weights, `${VISION}.layernorm`, config.epsilon)(x); // [batch, 1 + grid², width]
  hooks.keep("vision.last", states);
  return states;
}

function layersOf(weights: Weights, config: ClipVisionConfig): Layer[] {
  const activation = activationOf(config.activation);
  return Array.from({ length: config.layers }, (_, index) => {
    const place = `${VISION}.encoder.layer.${index}`;
    const project = (part: string) => (x: tf.Tensor) => {
      const get = under(weights, `${place}.attention.attention.${part}`);
      return denseBy(x, get("weight"), weights[`${place}.attention.attention.${part}.bias`]); // [batch, tokens, width]
    };
    const [query, key, value] = [project("query"), project("key"), project("value")];
    return {
      name: `vision.${index}`,
      order: "pre-norm",
      attention: {
        heads: config.heads,
        norm: normAt(weights, `${place}.layernorm_before`, config.epsilon),
        queriesKeysValues: (x) => [query(x), key(x), value(x)],
        queries: query,
        keysValues: (x) => [key(x), value(x)],
        output: (x) => dense(x, weights, `${place}.attention.output.dense`), // [batch, tokens, width]
      },
      mlp: {
        norm: normAt(weights, `${place}.layernorm_after`, config.epsilon),
        compute: (x) =>
          dense(activation(dense(x, weights, `${place}.intermediate.dense`)), weights, `${place}.output.dense`), // [batch, tokens, width]
      },
    };
  });
}

/** The shapes of the weights of {@link seeVitPicture}. @param bias whether queries, keys and values have biases */
export function vitShapes(config: ClipVisionConfig, bias: boolean): ParameterShapes {
  const { width, patch, mlpWidth } = config;
  const layers = Array.from({ length: config.layers }, (_, index): ParameterShapes => {
    const place = `${VISION}.encoder.layer.${index}`;
    const projections = ["query", "key", "value"].map((part): ParameterShapes => {
      const name = `${place}.attention.attention.${part}`;
      return bias ? denseShapes(name, width, width) : { [`${name}.weight`]: [width, width] };
    });
    return {
      ...Object.assign({}, ...projections),
      ...denseShapes(`${place}.attention.output.dense`, width, width),
      ...normShapes(`${place}.layernorm_before`, width),
      ...denseShapes(`${place}.intermediate.dense`, width, mlpWidth),
      ...denseShapes(`${place}.output.dense`, mlpWidth, width),
      ...normShapes(`${place}.layernorm_after`, width),
    };
  });
  return {
    [`${VISION}.embeddings.cls_token`]: [1, 1, width],
    [`${VISION}.embeddings.position_embeddings`]: [1, gridOf(config) ** 2 + 1, width],
    [`${VISION}.embeddings.patch_embeddings.projection.weight`]: [width, 3, patch, patch],
    [`${VISION}.embeddings.patch_embeddings.projection.bias`]: [width],
    ...Object.assign({}, ...layers),
    ...normShapes(`${VISION}.layernorm`, width),
  };
}
