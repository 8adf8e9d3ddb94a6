import type { Tensor } from "@tensorflow/tfjs-core";
import type { MapTree } from "../engine/tree.js";
import type { HostTensor, Weights } from "../layers/weights.js";
import type { SimVLMConfig } from "../models/simvlm/config.js";
import { type HeadInputs, type HeadLoss, headLossAndGradients } from "../models/simvlm/heads.js";
import { type LossAndGradients, lossAndGradients, type TrainingInputs } from "../models/simvlm/loss.js";
import type { Noise } from "../models/simvlm/noise.js";

/** What a batch is trained on: a pure function, so that it can be compiled. */
export type Objective<Batch> = (weights: Weights, batch: Batch, noise: Noise | undefined) => LossAndGradients;

/** A batch in host memory. */
export type HostBatch<Batch> = MapTree<Batch, HostTensor>;

/** Types, not interfaces: compile() takes trees, which have string keys. */
export type PrefixTrainingBatch = { readonly [Key in keyof TrainingInputs]: TrainingInputs[Key] };
export type HeadTrainingBatch = {
  /** The passes by name, in the order in which their states stand side by side. */
  readonly passes: Readonly<Record<string, { readonly [Key in keyof HeadInputs]: HeadInputs[Key] }>>;
  /** `[batch, classes]` */
  readonly targets: Tensor;
};

/** PrefixLM: pretraining, and fine-tuning on texts that are generated. */
export function prefixObjective(config: SimVLMConfig): Objective<PrefixTrainingBatch> {
  return (weights, batch, noise) => lossAndGradients(weights, batch, config, { noise });
}

/** A classifier on the decoder's last token. */
export function headObjective(config: SimVLMConfig, kind: HeadLoss): Objective<HeadTrainingBatch> {
  return (weights, { passes, targets }, noise) =>
    headLossAndGradients(weights, Object.values(passes), targets, kind, config, { noise });
}
