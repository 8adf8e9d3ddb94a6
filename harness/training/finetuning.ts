import { createHash } from "node:crypto";
import { SimvlmError } from "@simvlm/metrics";
import { hashWeights } from "../checkpoints/hash-checkpoint.js";
import { listIds } from "../formats/ids.js";
import type { WeightArrays } from "../layers/weights.js";
import { openCheckpoint } from "../models/family-registry.js";
import type { NoiseRates, Trainable } from "../models/trainable.js";
import type { ClassifierHead, VisionLanguageModel } from "../models/vision-language-model.js";
import { createRandom, type Random } from "../random.js";
import { createModelPredictor } from "../sources/model-predictor.js";
import { isFailure } from "../tasks/prediction.js";
import type { Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { requireExamples, tokenizeExamples } from "../tasks/tokenized.js";
import { openGenerationBatches, openHeadBatches } from "./finetuning-batches.js";
import type { FinetuningRecipe } from "./finetuning-recipe.js";
import { requireFreshWeights, requireTrainable } from "./pretraining.js";
import { type OnFault, runTraining, type Sample, type TrainingOptions } from "./run-training.js";
import { withSession } from "./training-session.js";

/** A task, with the examples for training and those for looking at what was learnt. */
export interface FinetuningData {
  readonly task: Task;
  readonly settings: TaskSettings;
  readonly train: TaskData;
  /** The model answers a few of these examples from time to time. */
  readonly validation?: TaskData | undefined;
  /** What the recipe says about the data. */
  readonly description: Readonly<Record<string, unknown>>;
  /** Examples that are left out, since they have no answer or blank ones only, of which a model would learn to say nothing. */
  readonly unanswered?: readonly string[];
}

const SAMPLES = 6;

/**
 * Fine-tunes all weights on a task's examples (paper §4.1) and leaves the model in `out/checkpoint`. If it was stopped,
 * another call continues where it was.
 * @returns whether it is finished; false if it was aborted
 * @throws SimvlmError `no-examples`, `not-trainable`, `changed-data`, and see `withSession`, `runLoop`
 */
export async function finetune(
  out: string,
  model: VisionLanguageModel,
  data: FinetuningData,
  recipe: FinetuningRecipe,
  options: TrainingOptions,
): Promise<boolean> {
  const { task, settings, train } = data;
  requireExamples(train.examples, "The training split");
  const trainable = requireTrainable(model);
  const random = createRandom(recipe.seed).fork("finetuning");
  const head: ClassifierHead | undefined =
    settings.answer === "classify" && task.head
      ? { classes: train.classes.length, passes: task.head.passes, labels: train.classes }
      : undefined;
  requireNoise(trainable, model.source, recipe);
  requirePictures(model, train.examples);
  const weights = await startingWeights(model, trainable, head, data, recipe, random);
  const start = {
    recipe: {
      kind: "finetuning",
      ...recipe,
      task: task.name,
      settings,
      data: data.description,
      // What training begins with: from scratch, that is the same after whatever pretraining.
      start: hashWeights(weights),
      tokenizer: createHash("sha256").update(trainable.tokenizerText).digest("hex"),
    },
    dataHash: hashExamples(train.examples),
    files: await trainable.readFiles(head),
    weightsFormat: trainable.weightsFormat,
    weights,
    onMessage: options.onMessage,
  };
  const batches = {
    ...{ ...recipe, model, random: random.fork("batches") },
    noise: { dropout: recipe.dropout, stochasticDepth: recipe.stochasticDepth },
  };
  const work = { weights, recipe, decays: trainable.decays, sample: createTaskSampler(trainable, head, data) };
  const objective = chooseObjective(trainable, model.source, recipe);
  return withSession(out, start, async (session) => {
    const examples = tokenizeExamples(train.examples, model, settings.language);
    if (!head || !task.head) {
      const open = async (onFault: OnFault, position: unknown) =>
        openGenerationBatches(examples, objective, { ...batches, onFault }, position);
      return runTraining(session, { ...work, objective, openBatches: open }, options);
    }
    const heads = requireHeads(trainable, model.source).classification(head, task.head.loss);
    const open = async (onFault: OnFault, position: unknown) =>
      openHeadBatches(examples, heads, { ...batches, onFault }, position);
    return runTraining(session, { ...work, objective: heads, openBatches: open }, options);
  });
}

/** SHA-256 of what is asked and taught, in its order; pictures count by their examples' ids. */
function hashExamples(examples: readonly TaskExample[]): string {
  const hash = createHash("sha256");
  for (const { id, prefix, targets, statement, classScores } of examples) {
    hash.update(`${JSON.stringify([id, prefix, targets, statement, classScores])}\n`);
  }
  return hash.digest("hex");
}

/**
 * The model of a checkpoint, to be fine-tuned.
 * @param nameOrPath as `openCheckpoint` takes it
 * @throws SimvlmError `not-trainable`, and as `openCheckpoint`
 */
export async function openTrainable(nameOrPath: string): Promise<VisionLanguageModel> {
  const model = await openCheckpoint(nameOrPath).catch((error: unknown) => {
    if (!(error instanceof SimvlmError) || error.code !== "no-captioner") throw error;
    throw new SimvlmError("not-trainable", `${nameOrPath} cannot be fine-tuned yet: ${error.message}`);
  });
  requireTrainable(model);
  return model;
}

/** @throws SimvlmError `no-picture` where a model that says nothing without pictures would be taught without some */
function requirePictures({ needsPicture, source }: VisionLanguageModel, examples: readonly TaskExample[]): void {
  const blind = needsPicture ? examples.filter(({ images }) => images.length === 0) : [];
  if (blind.length === 0) return;
  throw new SimvlmError(
    "no-picture",
    `${source} says nothing without a picture, and ${blind.length} of ${examples.length} examples have none: ` +
      `${listIds(blind.map(({ id }) => id))}. Train it on examples that all show one.`,
  );
}

/** @throws SimvlmError `no-noise` for dropout or stochastic depth of a family that draws none */
function requireNoise({ sampleNoise }: Trainable, source: string, { dropout, stochasticDepth }: NoiseRates): void {
  if (sampleNoise || (dropout === 0 && stochasticDepth === 0)) return;
  throw new SimvlmError(
    "no-noise",
    `${source} is trained without dropout and stochastic depth, but ${dropout} and ${stochasticDepth} are asked for. Leave them out.`,
  );
}

/** @throws SimvlmError `no-smoothing` for smoothed labels of a family that has none */
function chooseObjective(
  { generation, smoothed }: Trainable,
  source: string,
  { labelSmoothing }: FinetuningRecipe,
): Trainable["generation"] {
  if (!labelSmoothing) return generation;
  if (smoothed) return smoothed(labelSmoothing);
  throw new SimvlmError(
    "no-smoothing",
    `${source} is trained without label smoothing, but ${labelSmoothing} is asked for. Leave it out.`,
  );
}

type HeadTraining = Trainable & Required<Pick<Trainable, "initializeHead" | "classification">>;

const hasHeads = (trainable: Trainable): trainable is HeadTraining =>
  trainable.initializeHead !== undefined && trainable.classification !== undefined;

/** @throws SimvlmError `not-trainable` */
function requireHeads(trainable: Trainable, source: string): HeadTraining {
  if (hasHeads(trainable)) return trainable;
  throw new SimvlmError(
    "not-trainable",
    `${source} has no classification heads: train it on answers that are generated.`,
  );
}

async function startingWeights(
  model: VisionLanguageModel,
  trainable: Trainable,
  head: ClassifierHead | undefined,
  { task, train }: FinetuningData,
  { fromScratch }: FinetuningRecipe,
  random: Random,
): Promise<WeightArrays> {
  const own = fromScratch
    ? requireFreshWeights(model, trainable)(random.fork("weights"))
    : await trainable.readWeights();
  if (!head) return own;
  const heads = requireHeads(trainable, model.source);
  const { head: found, tokenizer } = model;
  // A classifier with the same classes goes on as one.
  const same = found && !fromScratch && String(found.labels) === String(head.labels) && found.passes === head.passes;
  if (same) return { ...own, ...trainable.headWeights };
  // The model knows the words that stand for classes.
  const classTokens = train.classes.map((label) => tokenizer.encode(task.head?.sayClass?.(label) ?? label));
  return { ...own, ...heads.initializeHead(head, classTokens, own, random.fork("head")) };
}

/** Answers the first validation examples with whatever weights it is given. */
function createTaskSampler(
  trainable: Trainable,
  head: ClassifierHead | undefined,
  { task, settings, validation }: FinetuningData,
): (weights: WeightArrays) => Promise<Sample[]> {
  if (!validation) return async () => [];
  const examples = validation.examples.slice(0, SAMPLES);
  return async (weights) => {
    const current = trainable.withWeights(weights, head);
    const predictor = createModelPredictor(current, task, { ...validation, examples }, { settings });
    return (await predictor.predict(examples)).map((outcome, i) => ({
      id: outcome.id,
      said: isFailure(outcome) ? outcome.error : outcome.prediction,
      expected: expectedAnswer(examples[i]!, head?.labels),
    }));
  };
}

function expectedAnswer({ targets, classScores }: TaskExample, labels: readonly string[] = []): string {
  if (!classScores) return targets[0] ?? "";
  return labels[classScores.indexOf(Math.max(...classScores))] ?? "";
}
