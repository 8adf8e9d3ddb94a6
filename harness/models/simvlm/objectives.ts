import type { Tensor } from "@tensorflow/tfjs-core";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import type {
  AnsweredExample,
  ClassificationLoss,
  ClassifiedExample,
  Objective,
  PretrainingPlaces,
  WebExample,
  WeighedBatch,
} from "../trainable.js";
import { buildPrefixBatch, type PrefixBatch } from "./batch.js";
import type { HeadPasses } from "./classifier.js";
import { buildHeadPasses } from "./head-batch.js";
import { type Head, headLossAndGradients } from "./heads.js";
import { lossAndGradients, type TrainingInputs } from "./loss.js";
import { promptPlaces } from "./prefix-batch.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** Types, not interfaces: compile() takes trees, which have string keys. */
export type PrefixTrainingBatch = { readonly [Key in keyof TrainingInputs]: TrainingInputs[Key] };
/** A batch for a classifier: what each pass reads, and how right each class is. */
export type HeadTrainingBatch = {
  readonly passes: HeadPasses;
  /** `[batch, classes]` */
  readonly targets: Tensor;
};

/** PrefixLM on texts of the web, cut at random into prefix and suffix (paper §3), or one of its rivals. */
export function pretrainingObjective(
  config: SimVLMConfig,
  tokenizer: Tokenizer,
): Objective<WebExample, PretrainingPlaces> {
  return {
    ...prefixObjective(config),
    toBatch(examples, { prompt, text, wholeText: wholeSuffix, cut }, random) {
      const sizes = { prefixLength: prompt, suffixLength: text + 1 };
      const options = { ...batchOptions(config, tokenizer), ...sizes, wholeSuffix, cut };
      return weigh(buildPrefixBatch(examples, options, random));
    },
  };
}

/** PrefixLM on prompts and their answers (paper §4.1). */
export function generationObjective(config: SimVLMConfig, tokenizer: Tokenizer): Objective<AnsweredExample> {
  return {
    ...prefixObjective(config),
    toBatch(examples, places, random) {
      const rows = examples.map(({ image, prompt, text }) => ({ image, prefix: prompt, suffix: text }));
      const pictures = examples.filter(({ image }) => image).length;
      const sizes = { prefixLength: promptPlaces(places.prompt, pictures), suffixLength: places.text + 1 };
      return weigh(buildPrefixBatch(rows, { ...batchOptions(config, tokenizer), ...sizes }, random));
    },
  };
}

/** The PrefixLM loss, however the batch was made. */
export function prefixObjective(config: SimVLMConfig) {
  return {
    lossAndGradients: (weights, batch: PrefixTrainingBatch, noise) =>
      lossAndGradients(weights, batch, config, { noise }),
  } satisfies Pick<Objective<unknown>, "lossAndGradients">;
}

/** A classifier on the decoder's last token. */
export function headObjective(
  config: SimVLMConfig,
  tokenizer: Tokenizer,
  head: Head,
  loss: ClassificationLoss,
): Objective<ClassifiedExample> {
  return {
    toBatch(examples, places) {
      const passes = buildHeadPasses(examples, head.passes, config, tokenizer, places);
      const data = Float32Array.from(examples.flatMap(({ classScores }) => [...classScores]));
      const targets = { shape: [examples.length, head.classes], data };
      return { batch: { passes, targets }, weight: examples.length };
    },
    lossAndGradients: (weights, { passes, targets }: HeadTrainingBatch, noise) =>
      headLossAndGradients(weights, Object.values(passes), targets, loss, config, { noise }),
  };
}

function batchOptions({ imageSize }: SimVLMConfig, { startId: start, endId: end, padId: pad }: Tokenizer) {
  return { imageSize, start, end, pad };
}

/** The loss is the mean over the target tokens. */
function weigh(batch: PrefixBatch): WeighedBatch {
  return { batch, weight: batch.targetWeights.data.reduce((sum, one) => sum + one, 0) };
}
