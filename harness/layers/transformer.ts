import * as tf from "@tensorflow/tfjs-core";
import type { AttentionBlock } from "./attention.js";
import type { Source } from "./key-values.js";

/** One layer's weights as functions; a family builds its stacks of these. */
export interface Layer {
  /** What its branches and its output are called: `NAME.attention`, `NAME.cross`, `NAME.mlp`, `NAME.output`. */
  readonly name: string;
  /** `pre-norm` normalises what enters a branch (ViT, GPT-2), `post-norm` the sum that it is added to (BERT). */
  readonly order: "pre-norm" | "post-norm";
  readonly attention: AttentionBlock;
  /** Of layers that can look at another sequence; they do when there is a source of it. */
  readonly cross?: AttentionBlock | undefined;
  readonly mlp: MlpBlock;
}

/** The feed-forward branch, both functions from and to `[batch, tokens, width]`. */
export interface MlpBlock {
  readonly norm: (x: tf.Tensor) => tf.Tensor;
  readonly compute: (x: tf.Tensor) => tf.Tensor;
}

/** What the attentions of a stack look at. */
export interface Sources {
  readonly self: Source;
  /** What layers with cross-attention read besides. */
  readonly cross?: Source;
}

/** What a pass takes in and gives out beside its result, by the names of branches. */
export interface Hooks {
  /** Factors of residual branches: dropout, stochastic depth. */
  readonly noise?: Readonly<Record<string, tf.Tensor>> | undefined;
  /** Added to attention maps, see {@link Intervention}. */
  readonly probes?: Readonly<Record<string, tf.Tensor>> | undefined;
  /** Added to the scores that attention maps are made of: what they hide is knocked out, see {@link Intervention}. */
  readonly masks?: Readonly<Record<string, tf.Tensor>> | undefined;
  /** Is given every attention map `[batch, heads, query, key]` and every layer's output `[batch, tokens, width]`. */
  readonly keep: (name: string, tensor: tf.Tensor) => void;
}

/** States `[batch, tokens, width]` through the layers of a stack, one after another. */
export function runLayers(x: tf.Tensor, layers: readonly Layer[], { self, cross }: Sources, hooks: Hooks): tf.Tensor {
  for (const { name, order, attention, cross: crossAttention, mlp } of layers) {
    const pass = (branch: Branch): tf.Tensor => residual(x, branch, order, hooks.noise?.[branch.name]); // [batch, tokens, width]
    x = pass(look(name, "attention", attention, self, hooks)); // [batch, tokens, width]
    if (crossAttention && cross) x = pass(look(name, "cross", crossAttention, cross, hooks)); // [batch, tokens, width]
    x = pass({ name: `${name}.mlp`, ...mlp }); // [batch, tokens, width]
    hooks.keep(`${name}.output`, x);
  }
  return x;
}

interface Branch extends MlpBlock {
  readonly name: string;
}

function look(
  layer: string,
  part: string,
  block: AttentionBlock,
  source: Source,
  { probes, masks, keep }: Hooks,
): Branch {
  const name = `${layer}.${part}`;
  const compute = (x: tf.Tensor): tf.Tensor => {
    const { output, probabilities } = source(x, block, layer, { mask: masks?.[name], probe: probes?.[name] });
    if (probabilities) keep(name, probabilities);
    return output; // [batch, tokens, width]
  };
  return { name, norm: block.norm, compute };
}

function residual(
  x: tf.Tensor,
  { norm, compute }: Branch,
  order: Layer["order"],
  noise: tf.Tensor | undefined,
): tf.Tensor {
  if (order === "pre-norm") return tf.add(x, perturb(compute(norm(x)), noise)); // [batch, tokens, width]
  return norm(tf.add(x, perturb(compute(x), noise))); // [batch, tokens, width]
}

/** A residual branch's output times its noise, if there is any. */
export function perturb(branch: tf.Tensor, factors: tf.Tensor | undefined): tf.Tensor {
  return factors ? tf.mul(branch, factors) : branch; // [batch, ..., width]
}
