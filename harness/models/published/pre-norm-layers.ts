import * as tf from "@tensorflow/tfjs-core";
import { activationOf } from "../../layers/activations.js";
import { dense, denseBy, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import type { Layer } from "../../layers/transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import type { StackConfig } from "./stack-config.js";

/** What a family calls the weights of a layer, below the layer's own place. */
export interface LayerNames {
  /** Queries, keys and values: of one matrix, or of three. */
  readonly projections: string | readonly [queries: string, keys: string, values: string];
  readonly output: string;
  /** The norms before attention and before the feed-forward branch. */
  readonly norms: readonly [attention: string, mlp: string];
  readonly mlp: readonly [up: string, down: string];
}

/**
 * Layers that normalise what enters a branch, as CLIP, BLIP's tower and ViT have them.
 * @param prefix of the weights: `PREFIX.0.self_attn.q_proj.weight`
 * @param name what hooks know the layers by: `NAME.0.attention`
 */
export function preNormLayers(
  weights: Weights,
  prefix: string,
  name: string,
  config: StackConfig,
  names: LayerNames,
): Layer[] {
  const activation = activationOf(config.activation);
  return Array.from({ length: config.layers }, (_, index) => {
    const place = `${prefix}.${index}`;
    const [up, down] = names.mlp;
    return {
      name: `${name}.${index}`,
      order: "pre-norm",
      attention: {
        heads: config.heads,
        norm: normAt(weights, `${place}.${names.norms[0]}`, config.epsilon),
        ...project(weights, place, names.projections),
        output: (x) => dense(x, weights, `${place}.${names.output}`), // [batch, tokens, width]
      },
      mlp: {
        norm: normAt(weights, `${place}.${names.norms[1]}`, config.epsilon),
        compute: (x) => dense(activation(dense(x, weights, `${place}.${up}`)), weights, `${place}.${down}`), // [batch, tokens, width]
      },
    };
  });
}

type Projections = Pick<Layer["attention"], "queriesKeysValues" | "queries" | "keysValues">;

function project(weights: Weights, place: string, projections: LayerNames["projections"]): Projections {
  if (typeof projections === "string") {
    const all = (x: tf.Tensor) =>
      tf.split(dense(x, weights, `${place}.${projections}`), 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor]; // 3 × [batch, tokens, width]
    return { queriesKeysValues: all, queries: (x) => all(x)[0], keysValues: (x) => [all(x)[1], all(x)[2]] };
  }
  const [query, key, value] = projections.map((part) => (x: tf.Tensor) => {
    const name = `${place}.${part}`;
    return denseBy(x, under(weights, name)("weight"), weights[`${name}.bias`]); // [batch, tokens, width]
  }) as [Projections["queries"], Projections["queries"], Projections["queries"]];
  return {
    queriesKeysValues: (x) => [query(x), key(x), value(x)],
    queries: query,
    keysValues: (x) => [key(x), value(x)],
  };
}

/** The shapes of the weights of {@link preNormLayers}. @param biased whether queries, keys and values have biases */
export function preNormShapes(
  prefix: string,
  { layers, width, mlpWidth }: StackConfig,
  { projections, output, norms, mlp }: LayerNames,
  biased = true,
): ParameterShapes {
  const all = Array.from({ length: layers }, (_, index): ParameterShapes => {
    const at = (name: string) => `${prefix}.${index}.${name}`;
    const apart = typeof projections === "string" ? [] : projections;
    const projected = apart.map((part): ParameterShapes => {
      return biased ? denseShapes(at(part), width, width) : { [`${at(part)}.weight`]: [width, width] };
    });
    return {
      ...(typeof projections === "string" && denseShapes(at(projections), width, 3 * width)),
      ...Object.assign({}, ...projected),
      ...denseShapes(at(output), width, width),
      ...normShapes(at(norms[0]), width),
      ...denseShapes(at(mlp[0]), width, mlpWidth),
      ...denseShapes(at(mlp[1]), mlpWidth, width),
      ...normShapes(at(norms[1]), width),
    };
  });
  return Object.assign({}, ...all);
}
