import { createHash } from "node:crypto";
import { hashWeights } from "../checkpoints/hash.js";
import type { OpenedModel } from "../checkpoints/open.js";
import type { WeightArrays } from "../layers/weights.js";
import { type Head, initializeAnswerHead } from "../models/simvlm/heads.js";
import { initializeWeights } from "../models/simvlm/parameters.js";
import { createRandom, type Random } from "../random.js";
import { createModelPredictor } from "../sources/model-predictor.js";
import { isFailure } from "../tasks/prediction.js";
import type { Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { requireExamples, tokenizeExamples } from "../tasks/tokenized.js";
import { openGenerationBatches, openHeadBatches } from "./finetuning-batches.js";
import { headObjective, prefixObjective } from "./objective.js";
import { runTraining, type Sample, type TrainingOptions } from "./run.js";
import { openSession } from "./session.js";
import type { TrainableModel } from "./trainable.js";

/** All that the weights depend on besides the data and the checkpoint. */
export interface FinetuningRecipe {
  readonly steps: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly batch: number;
  readonly accumulate: number;
  readonly dropout: number;
  readonly stochasticDepth: number;
  readonly minCrop: number;
  readonly clipNorm: number;
  readonly weightDecay: number;
  readonly maxFaultRate: number;
  /** Only the config and the tokenizer of the checkpoint are used: supervision alone. */
  readonly fromScratch: boolean;
}

export const FINETUNING_DEFAULTS: Omit<FinetuningRecipe, "steps" | "fromScratch"> = {
  seed: 1,
  learningRate: 5e-4,
  batch: 64,
  accumulate: 1,
  dropout: 0.1,
  stochasticDepth: 0.1,
  minCrop: 0.85,
  clipNorm: 1,
  weightDecay: 0.01,
  maxFaultRate: 0.01,
};

export interface FinetuningData {
  readonly task: Task;
  readonly settings: TaskSettings;
  readonly train: TaskData;
  /** A few of its examples are answered now and then. */
  readonly validation?: TaskData | undefined;
  /** What of the data the recipe names. */
  readonly description: Readonly<Record<string, unknown>>;
}

const SAMPLES = 6;

/**
 * Fine-tunes all weights on a task's examples (paper §4.1) and leaves `out/checkpoint`; goes on where it was stopped.
 * @returns whether it is finished
 * @throws SimvlmError see `openSession`, `runLoop`; `no-examples`
 */
export async function finetune(
  out: string,
  model: TrainableModel,
  data: FinetuningData,
  recipe: FinetuningRecipe,
  options: TrainingOptions,
): Promise<boolean> {
  const { task, settings, train } = data;
  requireExamples(train.examples, "The training split");
  const random = createRandom(recipe.seed).fork("finetuning");
  const head: Head | undefined =
    settings.answer === "classify"
      ? { classes: train.classes.length, passes: task.passes, labels: train.classes }
      : undefined;
  const weights = startingWeights(model, head, data, recipe, random);
  const session = await openSession(
    out,
    {
      kind: "finetuning",
      ...recipe,
      task: task.name,
      settings,
      data: data.description,
      // What training begins with: from scratch, that is the same after whatever pretraining.
      start: hashWeights(weights),
      tokenizer: createHash("sha256").update(model.tokenizerFile).digest("hex"),
    },
    { config: model.config, tokenizer: model.tokenizerFile, head },
  );
  const examples = tokenizeExamples(train.examples, model.tokenizer, model.config);
  const { dropout, stochasticDepth } = recipe;
  const batches = {
    ...recipe,
    ...{ config: model.config, tokenizer: model.tokenizer, task, random: random.fork("batches") },
    noise: { dropout, stochasticDepth },
  };
  const work = { weights, recipe, sample: createTaskSampler(model, head, data) };
  return head
    ? runTraining(
        session,
        {
          ...work,
          objective: headObjective(model.config, task.headLoss),
          openBatches: async (onFault, position) =>
            openHeadBatches(examples, head.classes, { ...batches, onFault }, position),
        },
        options,
      )
    : runTraining(
        session,
        {
          ...work,
          objective: prefixObjective(model.config),
          openBatches: async (onFault, position) => openGenerationBatches(examples, { ...batches, onFault }, position),
        },
        options,
      );
}

function startingWeights(
  { config, weights, tokenizer, head: found }: TrainableModel,
  head: Head | undefined,
  { task, train }: FinetuningData,
  { fromScratch }: FinetuningRecipe,
  random: Random,
): WeightArrays {
  const own = fromScratch ? initializeWeights(config, random.fork("weights")) : weights;
  if (!head) return own;
  // A classifier with the same classes goes on as one.
  const same = found && !fromScratch && String(found.labels) === String(head.labels) && found.passes === head.passes;
  if (same) return { ...own, ...found.weights };
  // The model knows the words that stand for classes.
  const { sayClass = (label: string) => label } = task;
  const firstTokens = train.classes.map((label) => tokenizer.encode(sayClass(label))[0]);
  return { ...own, ...initializeAnswerHead(firstTokens, head.passes, own, config, random.fork("head")) };
}

/** Answers the first validation examples with whatever weights it is given. */
function createTaskSampler(
  model: OpenedModel,
  head: Head | undefined,
  { task, settings, validation }: FinetuningData,
): (weights: WeightArrays) => Promise<Sample[]> {
  if (!validation) return async () => [];
  const examples = validation.examples.slice(0, SAMPLES);
  return async (weights) => {
    const isHead = (name: string) => name.startsWith("head.");
    const select = (wanted: (name: string) => boolean): WeightArrays =>
      Object.fromEntries(Object.entries(weights).filter(([name]) => wanted(name)));
    const current: OpenedModel = {
      ...model,
      weights: select((name) => !isHead(name)),
      head: head && { ...head, weights: select(isHead) },
    };
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
