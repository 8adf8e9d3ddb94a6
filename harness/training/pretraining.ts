import { SimvlmError } from "@simvlm/metrics";
import { hashWeights } from "../checkpoints/hash-checkpoint.js";
import { readWebPairs } from "../formats/web-pairs.js";
import type { Trainable } from "../models/trainable.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { precisionOf } from "../models/weight-precision.js";
import { createRandom } from "../random.js";
import { openPretrainingBatches, type PretrainingData } from "./pretraining-batches.js";
import { checkPretrainingRecipe, type PretrainingRecipe } from "./pretraining-recipe.js";
import { runTraining, type TrainingOptions, type TrainingWork } from "./run-training.js";
import { createSampler } from "./sampler.js";
import { withSession } from "./training-session.js";

const BUFFER = 2000;
/** Pictures that are captioned to see what was learnt. */
const SAMPLES = 4;

/**
 * Pretrains on noisy pairs and documents (paper §3, §4.1) and leaves the model in `out/checkpoint`. If it was stopped,
 * another call continues it, to the same weights bit for bit. A model that is not trained yet gets fresh weights from
 * the recipe's seed.
 * @returns whether it is finished; false if it was aborted
 * @throws SimvlmError `not-trainable`, and see `checkPretrainingRecipe`, `withSession`, `openPretrainingBatches`, `runLoop`
 */
export async function pretrain(
  out: string,
  model: VisionLanguageModel,
  data: PretrainingData & { readonly validation: readonly string[] },
  recipe: PretrainingRecipe,
  options: TrainingOptions,
): Promise<boolean> {
  checkPretrainingRecipe(recipe, data.documents);
  const { trained, description } = model;
  const trainable = requireTrainable(model);
  const objective = requirePretraining(model);
  const random = createRandom(recipe.seed);
  const { pairs, documents, columns } = data;
  const weights = trained
    ? await trainable.readWeights()
    : requireFreshWeights(model, trainable)(random.fork("weights"));
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
    files: await trainable.readFiles(),
    weightsFormat: trainable.weightsFormat,
    weights,
    onMessage: options.onMessage,
  };
  return withSession(out, start, async (session) => {
    const work: TrainingWork = {
      objective,
      weights,
      recipe,
      openBatches: (onFault, position) => {
        const { signal } = options;
        const batches = { batcher: objective, random: random.fork("batches"), bufferSize: BUFFER, onFault, signal };
        return openPretrainingBatches(data, model, { ...recipe, ...batches }, position);
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
export function requireTrainable({ trainable, source, description }: VisionLanguageModel): Trainable {
  if (trainable) return trainable;
  if (precisionOf(description) !== "float32") {
    throw new SimvlmError(
      "not-trainable",
      `${source} was opened with weights in eight bits, which cannot be trained. Open it with its own, and round what was trained.`,
    );
  }
  const { family } = description;
  const which = typeof family === "string" ? `a model of the family ${family}` : "a model of its family";
  throw new SimvlmError("not-trainable", `${source} cannot be fine-tuned yet: ${which} can only be run.`);
}

/**
 * What draws fresh weights, for a training that begins with none.
 * @throws SimvlmError `not-trainable` for a family that has none
 */
export function requireFreshWeights(
  { source }: Pick<VisionLanguageModel, "source">,
  { initializeWeights }: Trainable,
): NonNullable<Trainable["initializeWeights"]> {
  if (initializeWeights) return initializeWeights;
  throw new SimvlmError(
    "not-trainable",
    `${source} cannot be trained from scratch: its family is only fine-tuned from published weights.`,
  );
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
