import type { Tensor } from "@tensorflow/tfjs-core";
import { activationOf } from "../../layers/activations.js";
import { dense, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import type { Hooks, Layer } from "../../layers/transformer.js";
import { embedPatches, runVision } from "../../layers/vision-transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";

/** Sizes of a stack of CLIP's layers. */
export interface ClipStackConfig {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: string;
  readonly epsilon: number;
}

/** A picture's tower, which GIT has from CLIP. */
export interface ClipVisionConfig extends ClipStackConfig {
  /** Side of the picture in pixels. */
  readonly imageSize: number;
  readonly patch: number;
}

/** The layers of CLIP's towers. @param prefix of the weights: `PREFIX.0.self_attn.q_proj.weight` @param name what hooks know them by */
export function clipLayers(weights: Weights, prefix: string, name: string, config: ClipStackConfig): Layer[] {
  const activation = activationOf(config.activation);
  return Array.from({ length: config.layers }, (_, index) => {
    const place = `${prefix}.${index}`;
    const project = (part: string) => (x: Tensor) => dense(x, weights, `${place}.self_attn.${part}`); // [batch, tokens, width]
    const [query, key, value] = [project("q_proj"), project("k_proj"), project("v_proj")];
    return {
      name: `${name}.${index}`,
      order: "pre-norm",
      attention: {
        heads: config.heads,
        norm: normAt(weights, `${place}.layer_norm1`, config.epsilon),
        queriesKeysValues: (x) => [query(x), key(x), value(x)],
        queries: query,
        keysValues: (x) => [key(x), value(x)],
        output: project("out_proj"),
      },
      mlp: {
        norm: normAt(weights, `${place}.layer_norm2`, config.epsilon),
        compute: (x) => dense(activation(dense(x, weights, `${place}.mlp.fc1`)), weights, `${place}.mlp.fc2`), // [batch, tokens, width]
      },
    };
  });
}

/** Pictures through CLIP's tower, before its last norm: `[batch, tokens, width]`. @param prefix of the weights, up to `vision_model` */
export function runClipVision(
  images: Tensor,
  weights: Weights,
  prefix: string,
  config: ClipVisionConfig,
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
  return runVision(first, clipLayers(weights, `${prefix}.encoder.layers`, "vision", config), hooks); // [batch, tokens, width]
}

/** Patches a side. */
export function gridOf({ imageSize, patch }: Pick<ClipVisionConfig, "imageSize" | "patch">): number {
  return Math.floor(imageSize / patch);
}

/** The shapes of {@link clipLayers}'s weights. */
export function clipLayerShapes(prefix: string, { width, layers, mlpWidth }: ClipStackConfig): ParameterShapes {
  const all = Array.from({ length: layers }, (_, index): ParameterShapes => {
    const place = `${prefix}.${index}`;
    const attention = ["q_proj", "k_proj", "v_proj", "out_proj"].map((part) =>
      denseShapes(`${place}.self_attn.${part}`, width, width),
    );
    return {
      ...Object.assign({}, ...attention),
      ...normShapes(`${place}.layer_norm1`, width),
      ...denseShapes(`${place}.mlp.fc1`, width, mlpWidth),
      ...denseShapes(`${place}.mlp.fc2`, mlpWidth, width),
      ...normShapes(`${place}.layer_norm2`, width),
    };
  });
  return Object.assign({}, ...all);
}

/** The shapes of {@link runClipVision}'s weights, and of the norm after it. */
export function clipVisionShapes(prefix: string, config: ClipVisionConfig): ParameterShapes {
  const { width, patch } = config;
  return {
    [`${prefix}.embeddings.class_embedding`]: [width],
    [`${prefix}.embeddings.patch_embedding.weight`]: [width, 3, patch, patch],
    [`${prefix}.embeddings.position_embedding.weight`]: [gridOf(config) ** 2 + 1, width],
    ...normShapes(`${prefix}.pre_layrnorm`, width),
    ...clipLayerShapes(`${prefix}.encoder.layers`, config),
    ...normShapes(`${prefix}.post_layernorm`, width),
  };
}
