import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { ACTIVATION_NAMES, type ActivationName } from "./activation-names.js";
import { gelu } from "./linear.js";

/** An elementwise function `[...]` → `[...]`. */
export type Activation = (x: tf.Tensor) => tf.Tensor;

/** x·σ(1.702 x): the approximation of GELU that CLIP was trained with. */
export function quickGelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))); // [...]
}

/** GELU by tanh, as GPT-2 has it. */
export function tanhGelu(x: tf.Tensor): tf.Tensor {
  const cubic = tf.mul(tf.mul(tf.mul(x, x), x), 0.044715); // [...]
  const inner = tf.mul(tf.add(x, cubic), Math.sqrt(2 / Math.PI)); // [...]
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1)); // [...]
}

const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  gelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  quick_gelu: quickGelu,
  relu: tf.relu,
};

/** An activation by the name that configs of published models use. @throws SimvlmError `unknown-activation` */
export function activationOf(name: string): Activation {
  const found = ACTIVATION_NAMES.find((known) => known === name);
  if (found) return ACTIVATIONS[found];
  throw new SimvlmError(
    "unknown-activation",
    `There is no activation "${name}": it is one of ${ACTIVATION_NAMES.join(", ")}.`,
  );
}
