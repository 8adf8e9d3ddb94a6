import { join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { listIds } from "../formats/ids.js";
import { print, tell } from "../terminal/streams.js";
import { loadFinetuningData } from "../training/finetuning-data.js";
import { FINETUNING_DEFAULTS, type FinetuningRecipe } from "../training/finetuning-recipe.js";
import { chooseSplit } from "./data-notes.js";
import {
  LIMITS,
  type OptionsOf,
  parseFolder,
  parsePositive,
  parsePositiveInteger,
  parsePositiveShare,
  parseRate,
  parseSeed,
  parseShare,
  upTo,
  withOptions,
} from "./options.js";
import { DATA_LAYOUTS, taskOptions, toTaskSettings, usualAnswerOf } from "./task-options.js";
import { runTrainingCommand, trainingOptions } from "./training-options.js";

const NOTES = `
Examples:
  $ simvlm finetune --task caption --data toybox/captions --checkpoint pretrained --out runs/caption --steps 800
  $ simvlm finetune --task caption --data my-captions --checkpoint microsoft/git-base --out runs/git --steps 500
  $ simvlm finetune --task vqa --data toybox/vqa --checkpoint pretrained --out runs/vqa --steps 1500
  $ simvlm finetune --task snli-ve --modality text --data toybox/snli-ve --checkpoint pretrained --out runs/text-only --steps 800
  $ simvlm finetune --task translate --split train,text-train --data toybox/multi30k --checkpoint pretrained --out runs/de --steps 800

${DATA_LAYOUTS}

Several splits, separated by commas, are trained on together. A training that was stopped by Ctrl-C or killed continues
with the same command. At the end, the checkpoint appears in OUT/checkpoint.`;

const TRAIN_SPLIT = "train";

/** So many examples are named. */
const NAMED = 10;

/** `simvlm finetune` */
export function createFinetuneCommand(): CommandUnknownOpts {
  return defineCommand().action(runFinetune);
}

function defineCommand() {
  const defaults = FINETUNING_DEFAULTS;
  const command = new Command("finetune").description("Fine-tune a pretrained model on one of the tasks.");
  const training = taskOptions(command, TRAIN_SPLIT)
    .requiredOption("--checkpoint <folder>", "the pretrained model")
    .requiredOption("--out <folder>", "the training's folder", parseFolder)
    .requiredOption("--steps <n>", "training steps", parsePositiveInteger)
    .option(
      "--from-scratch",
      "start from fresh weights of the checkpoint's size: supervision without pretraining",
      false,
    )
    .option("--limit <n>", "train on the first n examples", parsePositiveInteger)
    .option("--seed <n>", "seed for order, crops, dropout and fresh weights", parseSeed, defaults.seed)
    .option(
      "--learning-rate <x>",
      `peak learning rate (default: ${defaults.learningRate}, or the family's: GIT 1e-5)`,
      parsePositive,
    )
    .option("--batch <n>", "examples per batch", upTo(LIMITS.batch, parsePositiveInteger), defaults.batch)
    .option(
      "--accumulate <n>",
      "parts that each batch is computed in",
      upTo(LIMITS.batch, parsePositiveInteger),
      defaults.accumulate,
    )
    .option(
      "--dropout <p>",
      `dropout rate in the encoder, of GIT in its layers of text (default: ${defaults.dropout}, of GIT as its config.json has it)`,
      parseRate,
    )
    .option(
      "--stochastic-depth <p>",
      `rate of stochastic depth in the conv stage and the encoder (default: ${defaults.stochasticDepth}; of GIT 0)`,
      parseRate,
    )
    .option("--label-smoothing <share>", "of a target, for all other tokens; the original GIT has 0.1", parseRate, 0)
    .option(
      "--min-crop <share>",
      "smallest share of a picture that a crop may show",
      parsePositiveShare,
      defaults.minCrop,
    )
    .option("--clip-norm <x>", "norm that gradients are clipped to", parsePositive, defaults.clipNorm)
    .option("--weight-decay <x>", "weight decay of AdamW", parseShare, defaults.weightDecay)
    .option(
      "--max-fault-rate <share>",
      "share of unreadable pictures that is tolerated",
      parseShare,
      defaults.maxFaultRate,
    );
  return withOptions(training, trainingOptions).addHelpText("after", NOTES);
}

/** What options of `simvlm finetune` ask for. */
export type FinetuneOptions = OptionsOf<typeof defineCommand>;

/**
 * The model and the examples of a training, before anything is written.
 * @throws SimvlmError what is wrong with them
 */
export async function prepareFinetuning(options: FinetuneOptions) {
  const { openTrainable } = await import("../training/finetuning.js"); // --help does without the engine
  const { checkpoint, data, images, limit } = options;
  const asked = { ...options, split: options.split ?? TRAIN_SPLIT };
  const { task, settings } = toTaskSettings(asked, await usualAnswerOf(options));
  const model = await openTrainable(checkpoint); // before its data are looked for
  for (const split of settings.split.split(",")) await chooseSplit(task, data, split);
  const examples = await loadFinetuningData(task, data, { ...settings, images }, limit);
  warnOfUnanswered(examples.unanswered);
  return { model, examples };
}

async function runFinetune(options: FinetuneOptions): Promise<void> {
  const { finetune } = await import("../training/finetuning.js");
  const { out, steps } = options;
  const { model, examples } = await prepareFinetuning(options);
  const usual = { ...FINETUNING_DEFAULTS, ...model.trainable?.usual };
  const { learningRate = usual.learningRate, fromScratch, seed, batch, accumulate } = options;
  const { dropout = usual.dropout, stochasticDepth = usual.stochasticDepth } = options;
  const { labelSmoothing, minCrop, clipNorm, weightDecay, maxFaultRate } = options;
  const recipe: FinetuningRecipe = {
    ...{ steps, fromScratch, seed, learningRate, batch, accumulate },
    ...(labelSmoothing > 0 && { labelSmoothing }),
    ...{ dropout, stochasticDepth, minCrop, clipNorm, weightDecay, maxFaultRate },
  };
  const finished = await runTrainingCommand(options, steps, (training) =>
    finetune(out, model, examples, recipe, training),
  );
  if (finished) await print(join(out, "checkpoint"));
}

function warnOfUnanswered(unanswered: readonly string[] = []): void {
  if (unanswered.length === 0) return;
  const count = unanswered.length === 1 ? "1 example is" : `${unanswered.length} examples are`;
  tell(`simvlm: warning: ${count} left out, since nobody answered with a word: ${listIds(unanswered, NAMED)}.`);
}
