import * as tf from "@tensorflow/tfjs-core";
import type { Attended } from "../../layers/attention.js";
import { gelu, linear } from "../../layers/linear.js";
import { layerNorm } from "../../layers/norms.js";
import { type Lookup, under } from "../../layers/weights.js";
import type { Context } from "./context.js";
import { perturb } from "./noise.js";

/** An attention branch on normalised states; the weights are its own, and so is the probe, if there is one. */
export type Attend = (x: tf.Tensor, weights: Lookup, probe?: tf.Tensor) => Attended;

/**
 * A pre-norm transformer layer: a line for each branch. `see` looks at the sequence itself, `read`, where there is
 * one, at the encoder's output.
 */
export function layer(x: tf.Tensor, name: string, see: Attend, read: Attend | undefined, context: Context): tf.Tensor {
  x = tf.add(x, attentionBranch(x, `${name}.attention`, see, context)); // [batch, tokens, width]
  if (read) x = tf.add(x, attentionBranch(x, `${name}.cross`, read, context)); // [batch, tokens, width]
  x = tf.add(x, mlpBranch(x, `${name}.mlp`, context)); // [batch, tokens, width]
  context.keep(`${name}.output`, x);
  return x;
}

function attentionBranch(
  x: tf.Tensor,
  name: string,
  attend: Attend,
  { weights, noise, probes, keep }: Context,
): tf.Tensor {
  const lookup = under(weights, name);
  const { output, probabilities } = attend(layerNorm(x, lookup, "norm"), lookup, probes?.[name]);
  keep(name, probabilities);
  return perturb(output, noise?.[name]); // [batch, tokens, width]
}

function mlpBranch(x: tf.Tensor, name: string, { weights, noise }: Context): tf.Tensor {
  const lookup = under(weights, name);
  const inner = gelu(linear(layerNorm(x, lookup, "norm"), lookup, "input")); // [batch, tokens, mlpWidth]
  return perturb(linear(inner, lookup, "output"), noise?.[name]); // [batch, tokens, width]
}
