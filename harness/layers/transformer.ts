import * as tf from "@tensorflow/tfjs-core";
import type { AttentionBlock } from "./attention.js";
import type { Source } from "./key-values.js";

/** One layer's weights as functions, from which every family builds its stacks. */
export interface Layer {
  /** What its branches and its output are called: `NAME.attention`, `NAME.cross`, `NAME.mlp`, `NAME.output`. */
  readonly name: string;
  /** `pre-norm` normalises what enters a branch (ViT, GPT-2), `post-norm` the sum that it is added to (BERT). */
  readonly order: "pre-norm" | "post-norm";
  readonly attention: AttentionBlock;
  /** Left out where nothing but the sequence is looked at. */
  readonly cross?: AttentionBlock | undefined;
  readonly mlp: MlpBlock;
}

/** The feed-forward branch of `[batch, tokens, width]`. */
export interface MlpBlock {
  readonly norm: (x: tf.Tensor) => tf.Tensor;
  readonly compute: (x: tf.Tensor) => tf.Tensor;
}

/** What the attentions of a stack look at. */
export interface Sources {
  readonly self: Source;
  /** For layers with cross-attention. */
  readonly cross?: Source;
}

/** What a pass takes in and gives out beside its result, by the names of branches. */
export interface Hooks {
  /** Factors of residual branches: dropout, stochastic depth. */
  readonly noise?: Readonly<Record<string, tf.Tensor>> | undefined;
  /**
   * Added to attention maps: the gradient with respect to zeros here is the gradient with respect to the map.
   */
  readonly probes?: Readonly<Record<string, tf.Tensor>> | undefined;
  /** Is given every attention map `[batch, heads, query, key]` and every layer's output `[batch, tokens, width]`. */
  readonly keep: (name: string, tensor: tf.Tensor) => void;
}

/** States `[batch, tokens, width]` through the layers of a stack, one after another. */
export function runLayers(x: tf.Tensor, layers: readonly Layer[], { self, cross }: Sources, hooks: Hooks): tf.Tensor {
  for (const layer of layers) {
    x = attentionBranch(x, layer, "attention", layer.attention, self, hooks); // [batch, tokens, width]
    if (layer.cross && cross) x = attentionBranch(x, layer, "cross", layer.cross, cross, hooks); // [batch, tokens, width]
    x = residual(x, `${layer.name}.mlp`, layer.order, layer.mlp, layer.mlp.compute, hooks); // [batch, tokens, width]
    hooks.keep(`${layer.name}.output`, x);
  }
  return x;
}

function attentionBranch(
  x: tf.Tensor,
  { name: layer, order }: Layer,
  part: "attention" | "cross",
  block: AttentionBlock,
  source: Source,
  hooks: Hooks,
): tf.Tensor {
  const name = `${layer}.${part}`;
  const look = (states: tf.Tensor): tf.Tensor => {
    const { output, probabilities } = source(states, block, layer, hooks.probes?.[name]);
    hooks.keep(name, probabilities);
    return output; // [batch, tokens, width]
  };
  return residual(x, name, order, block, look, hooks); // [batch, tokens, width]
}

function residual(
  x: tf.Tensor,
  name: string,
  order: Layer["order"],
  { norm }: Pick<MlpBlock, "norm">,
  compute: (x: tf.Tensor) => tf.Tensor,
  { noise }: Hooks,
): tf.Tensor {
  if (order === "pre-norm") return tf.add(x, perturb(compute(norm(x)), noise?.[name])); // [batch, tokens, width]
  return norm(tf.add(x, perturb(compute(x), noise?.[name]))); // [batch, tokens, width]
}

/** A residual branch's output times its noise, if there is any. */
export function perturb(branch: tf.Tensor, factors: tf.Tensor | undefined): tf.Tensor {
  return factors ? tf.mul(branch, factors) : branch; // [batch, ..., width]
}
