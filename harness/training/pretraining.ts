import { SimvlmError } from "@simvlm/metrics";
import { hashWeights } from "../checkpoints/hash-checkpoint.js";
import { readWebPairs } from "../formats/web-pairs.js";
import type { Trainable } from "../models/trainable.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { createRandom } from "../random.js";
import { openPretrainingBatches, type PretrainingData } from "./pretraining-batches.js";
import { runTraining, type TrainingOptions, type TrainingWork } from "./run-training.js";
import { createSampler } from "./sampler.js";
import { withSession } from "./training-session.js";

/** Everything that the weights depend on, besides the data. */
export interface PretrainingRecipe {
  readonly steps: number;
  /** Of fresh weights, the order, the crops and the cuts. */
  readonly seed: number;
  /** The highest one, see {@link Schedule}. */
  readonly learningRate: number;
  /** Image-text pairs in a batch. */
  readonly pairs: number;
  /** Text-only documents in a batch. */
  readonly documents: number;
  /** How many parts a batch is computed in, one after the other. */
  readonly accumulate: number;
  /** Room for text in the encoder, in tokens. */
  readonly prefixLength: number;
  /** Room for text in the decoder, in tokens, the start token included. */
  readonly suffixLength: number;
  /** The share of the pairs whose text is left whole, for the decoder. */
  readonly wholeSuffix: number;
  /** Pairs with a longer text, in tokens, are passed over; absent: none are. */
  readonly longestText?: number | undefined;
  /** The least share of a picture that a random crop shows. */
  readonly minCrop: number;
  /** Gradients with a larger norm, over all weights, are scaled down to it. */
  readonly clipNorm: number;
  /** Of AdamW. */
  readonly weightDecay: number;
  /** The share of examples that may be unreadable before training gives up. */
  readonly maxFaultRate: number;
}

/** The recipe of a pretraining unless something else is asked for. */
export const PRETRAINING_DEFAULTS: Omit<PretrainingRecipe, "steps"> = {
  seed: 1,
  learningRate: 6e-4,
  pairs: 20,
  documents: 4,
  accumulate: 1,
  prefixLength: 16,
  suffixLength: 20,
  wholeSuffix: 0.5,
  minCrop: 0.85,
  clipNorm: 1,
  weightDecay: 0.01,
  maxFaultRate: 0.01,
};

const BUFFER = 2000;
/** Pictures that are captioned to see what was learnt. */
const SAMPLES = 4;

/**
 * Pretrains on noisy pairs and documents (paper §3, §4.1) and leaves the model in `out/checkpoint`. If it was stopped,
 * another call continues it, to the same weights bit for bit. A model that is not trained yet gets fresh weights from
 * the recipe's seed.
 * @returns whether it is finished; false if it was aborted
 * @throws SimvlmError `not-trainable`, and see `withSession`, `openPretrainingBatches`, `runLoop`
 */
export async function pretrain(
  out: string,
  model: VisionLanguageModel,
  data: PretrainingData & { readonly validation: readonly string[] },
  recipe: PretrainingRecipe,
  options: TrainingOptions,
): Promise<boolean> {
  const { trained, description } = model;
  const trainable = requireTrainable(model);
  const objective = requirePretraining(model);
  const random = createRandom(recipe.seed);
  const { pairs, documents, columns } = data;
  const weights = trained ? trainable.weights : trainable.initializeWeights(random.fork("weights"));
  const start = {
    recipe: {
      kind: "pretraining",
      ...recipe,
      config: description.config,
      data: { pairs, documents },
      ...(columns && { columns }),
      ...(trained && { start: hashWeights(weights) }),
    },
    beside: { "tokenizer.json": trainable.tokenizerText },
    files: trainable.files(),
    weights,
    onMessage: options.onMessage,
  };
  return withSession(out, start, async (session) => {
    const work: TrainingWork = {
      objective,
      weights,
      recipe,
      openBatches: (onFault, position) => {
        const batches = { ...recipe, objective, random: random.fork("batches"), bufferSize: BUFFER, onFault };
        return openPretrainingBatches(data, model, batches, position);
      },
      sample: await createSampler(model, trainable, await firstPairs(data)),
    };
    return runTraining(session, work, options);
  });
}

/**
 * What a model offers to training.
 * @throws SimvlmError `not-trainable` if it offers nothing
 */
export function requireTrainable({ trainable, source }: VisionLanguageModel): Trainable {
  if (trainable) return trainable;
  throw new SimvlmError("not-trainable", `${source} cannot be trained: its family does not say how.`);
}

/** @throws SimvlmError `not-trainable` */
function requirePretraining({ trainable, source }: VisionLanguageModel): NonNullable<Trainable["pretraining"]> {
  if (trainable?.pretraining) return trainable.pretraining;
  throw new SimvlmError("not-trainable", `${source} cannot be pretrained: its family can only be fine-tuned.`);
}

async function firstPairs({ validation, columns }: PretrainingData & { readonly validation: readonly string[] }) {
  const pairs = [];
  for (const shard of validation.slice(0, 1)) {
    for await (const pair of readWebPairs(shard, () => {}, columns)) {
      pairs.push({ name: pair.id, bytes: pair.image, text: pair.text });
      if (pairs.length === SAMPLES) break;
    }
  }
  return pairs;
}
