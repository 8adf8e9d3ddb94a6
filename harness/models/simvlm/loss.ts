import type * as tf from "@tensorflow/tfjs-core";
import type { Weights } from "../../layers/weights.js";
import { differentiate, prefixLoss } from "../losses.js";
import type { LossAndGradients } from "../trainable.js";
import type { ForwardOptions } from "./context.js";
import type { ModelInputs } from "./inputs.js";
import { forward } from "./model.js";
import { declareWeights } from "./parameters.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** A `PrefixBatch` on a backend. */
export interface TrainingInputs extends ModelInputs {
  readonly targets: tf.Tensor;
  readonly targetWeights: tf.Tensor;
}

/** The loss of a batch and its gradient with respect to every weight. */
export function lossAndGradients(
  weights: Weights,
  batch: TrainingInputs,
  config: SimVLMConfig,
  options: ForwardOptions = {},
): LossAndGradients {
  const used = usedWeights(config, batch);
  const isUsed = (name: string) => used.has(name);
  return differentiate(weights, isUsed, (trained) => {
    const { logits } = forward(trained, batch, config, options); // [batch, suffix, vocabulary]
    return prefixLoss(logits, batch.targets, batch.targetWeights); // []
  });
}

/** The names of the model's weights that a batch uses: without pictures, not those of images. */
export function usedWeights(config: SimVLMConfig, { images }: ModelInputs): ReadonlySet<string> {
  const used = Object.entries(declareWeights(config)).filter(([, { ofImages }]) => images !== undefined || !ofImages);
  return new Set(used.map(([name]) => name));
}
