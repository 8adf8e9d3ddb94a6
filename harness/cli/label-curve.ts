import { join } from "node:path";
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { STORED_TYPES } from "../checkpoints/storage-types.js";
import { compareRuns } from "../compare/compare-runs.js";
import { drawLabelCurve, type LabelledRun } from "../compare/draw-label-curve.js";
import { writeFileAtomic } from "../files/atomic.js";
import { withoutHomes } from "../files/home.js";
import { openCheckpoint } from "../models/family-registry.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { runTask } from "../runs/run-task.js";
import { captionTask as task } from "../tasks/caption-task.js";
import { completeSettings } from "../tasks/task.js";
import { findUsualSplit } from "../tasks/usual-split.js";
import { formatJson } from "../terminal/json.js";
import { formatLabelCurve } from "../terminal/label-curve-table.js";
import { withProgress } from "../terminal/progress.js";
import { print, tell } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";
import { loadFinetuningData } from "../training/finetuning-data.js";
import { FINETUNING_DEFAULTS } from "../training/finetuning-recipe.js";
import { placeOfTraining, writePlan } from "../training/training-plan.js";
import {
  LIMITS,
  type OptionsOf,
  parseCounts,
  parseFolder,
  parsePositive,
  parsePositiveInteger,
  parseRate,
  parseSeed,
  upTo,
  withOptions,
} from "./options.js";
import { runTrainingCommand } from "./training-options.js";
import { NEEDS_ALL_BITS, refusedWeights } from "./weights-option.js";

const DATA_SPLIT = "train";

const EXAMPLES = `
Examples:
  $ simvlm label-curve --checkpoint pretrained --data toybox/captions --test toybox-7/nocaps --out runs/labels --steps 400
  $ simvlm label-curve --checkpoint pretrained --data toybox/captions --test toybox-7/nocaps --out runs/labels \\
      --labels 100,1000,8000 --steps 60,100,120 --learning-rate 1e-5 --scratch-steps 200,600,3000

In --out, each model has a folder with its training and its run on the test set; OUT/label-curve.json has all scores
with intervals, also by domain. If it was stopped by Ctrl-C or killed, the same command continues.`;

/** `simvlm label-curve` */
export function createLabelCurveCommand(): CommandUnknownOpts {
  return defineCommand().action(runLabelCurve);
}

/** What options of `simvlm label-curve` ask for. */
export type LabelCurveOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const { seed, learningRate, dropout, stochasticDepth } = FINETUNING_DEFAULTS;
  return withOptions(new Command("label-curve"), refusedWeights(NEEDS_ALL_BITS))
    .description(
      "Caption zero-shot, and after training on more and more labelled pictures, with pretraining and without.",
    )
    .requiredOption("--checkpoint <folder>", "the pretrained model")
    .requiredOption("--data <folder>", "the captions to train on, COCO's files or a Toybox's")
    .requiredOption("--test <folder>", "the captions to test on, COCO's or NoCaps' files or a Toybox's")
    .requiredOption("--out <folder>", "the folder for models, runs and the curve", parseFolder)
    .addOption(
      new Option("--labels <counts>", "numbers of labelled pictures to train on, in turn")
        .argParser(parseCounts)
        .default([100, 1000, 8000], "100,1000,8000"),
    )
    .requiredOption("--steps <n>", "training steps: one number for all counts, or one for each", parseCounts)
    .option("--scratch-steps <n>", "the same without pretraining (default: as --steps)", parseCounts)
    .option("--batch <n>", "examples per batch", upTo(LIMITS.batch, parsePositiveInteger), 32)
    .option("--learning-rate <x>", "peak learning rate of fine-tuning", parsePositive, learningRate)
    .option("--scratch-learning-rate <x>", "peak learning rate without pretraining", parsePositive, learningRate)
    .option("--dropout <p>", "dropout rate in the encoder", parseRate, dropout)
    .option(
      "--stochastic-depth <p>",
      "rate of stochastic depth in the conv stage and the encoder",
      parseRate,
      stochasticDepth,
    )
    .option("--seed <n>", "seed for order, crops, dropout and fresh weights", parseSeed, seed)
    .option("--limit <n>", "test only on the first n pictures", parsePositiveInteger)
    .option("--threads <n>", "threads on the CPU (default: one per core)", upTo(LIMITS.threads, parsePositiveInteger))
    .addOption(new Option("--dtype <type>", "how trained checkpoints are stored").choices(STORED_TYPES).default("F32"))
    .addHelpText("after", EXAMPLES);
}

/**
 * The model and the trainings of a curve, before anything is captioned or written.
 * @throws SimvlmError what is wrong with them, or with the data of a test
 */
export async function prepareLabelCurve(options: LabelCurveOptions) {
  const { requireFreshWeights, requireTrainable } = await import("../training/pretraining.js"); // --help does without the engine
  const { checkpoint, labels, test } = options;
  const plan = [
    ...planTrainings("fine-tuned", labels, options.steps, "--steps"),
    ...planTrainings("scratch", labels, options.scratchSteps ?? options.steps, "--scratch-steps"),
  ];
  await requireLabels(options);
  const model = await openCheckpoint(checkpoint);
  requireFreshWeights(model, requireTrainable(model)); // before its captions, not after them
  const { split } = await findUsualSplit(task, test);
  await task.load(test, completeSettings(task, { split }));
  return { model, plan };
}

async function runLabelCurve(options: LabelCurveOptions): Promise<void> {
  const { checkpoint, out } = options;
  const { model, plan } = await prepareLabelCurve(options);
  await writePlan(
    out,
    plan.map(({ run, steps }) => ({ name: run, steps })),
  );
  const zeroShot: LabelledRun = { run: "zero-shot", supervision: "zero-shot", labels: 0, steps: 0 };
  await caption(checkpoint, zeroShot, options);
  for (const labelled of plan) {
    tell(`simvlm: ${labelled.run}: ${labelled.steps} steps on ${labelled.labels} labelled pictures`);
    if (!(await train(model, labelled, options))) return;
    await caption(join(placeOfTraining(out, labelled.run), "checkpoint"), labelled, options);
  }
  const runs = [zeroShot, ...plan];
  const folders = runs.map(({ run }) => join(out, run, "run"));
  const comparison = await withProgress("resampling", (onStart) => compareRuns(folders, { onStart }));
  const { batch, learningRate, scratchLearningRate, dropout, stochasticDepth, seed } = options;
  const training = { batch, learningRate, scratchLearningRate, dropout, stochasticDepth, seed };
  const curve = drawLabelCurve(comparison, runs, training);
  const path = join(out, "label-curve.json");
  await writeFileAtomic(path, `${formatJson(withoutHomes(curve), 1)}\n`);
  await print(`${formatLabelCurve(curve, outputWidth())}\n\nEverything as JSON: ${path}`);
}

function planTrainings(
  supervision: "fine-tuned" | "scratch",
  labels: readonly number[],
  steps: readonly number[],
  option: string,
): LabelledRun[] {
  if (steps.length !== 1 && steps.length !== labels.length) {
    throw new SimvlmError(
      "bad-option",
      `${option} has ${steps.length} numbers for ${labels.length} counts of --labels: give one, or one for each.`,
    );
  }
  return labels.map((count, i) => {
    return { run: `${supervision}-${count}`, supervision, labels: count, steps: steps[i] ?? steps[0]! };
  });
}

/** @throws SimvlmError `bad-option`, `too-few-labels` */
async function requireLabels({ data, labels }: LabelCurveOptions): Promise<void> {
  if (new Set(labels).size < labels.length) {
    throw new SimvlmError("bad-option", `--labels ${labels.join(",")} names a count twice: name each once.`);
  }
  const { examples } = await task.load(data, completeSettings(task, { split: DATA_SPLIT }));
  const most = Math.max(...labels);
  if (most <= examples.length) return;
  throw new SimvlmError(
    "too-few-labels",
    `--labels asks for ${most} pictures, but ${data} has only ${examples.length}: ask for fewer, or name other --data.`,
  );
}

async function train(model: VisionLanguageModel, labelled: LabelledRun, options: LabelCurveOptions): Promise<boolean> {
  const { finetune } = await import("../training/finetuning.js");
  const { out, data: folder, batch, seed, threads, dtype, dropout, stochasticDepth } = options;
  const { run, supervision, labels, steps } = labelled;
  const data = await loadFinetuningData(task, folder, completeSettings(task, { split: DATA_SPLIT }), labels);
  const fromScratch = supervision === "scratch";
  const learningRate = fromScratch ? options.scratchLearningRate : options.learningRate;
  const noise = { dropout, stochasticDepth };
  const recipe = { ...FINETUNING_DEFAULTS, ...noise, steps, batch, learningRate, seed, fromScratch };
  const execution = { provider: "cpu", dtype, reportEvery: 50, checkpointEvery: 200, validateEvery: steps };
  return runTrainingCommand({ ...execution, ...(threads !== undefined && { threads }) }, steps, (how) =>
    finetune(placeOfTraining(out, run), model, data, recipe, how),
  );
}

async function caption(checkpoint: string, { run }: LabelledRun, options: LabelCurveOptions): Promise<void> {
  const { test: data, out, limit } = options;
  const request = { data, from: { checkpoint }, out: join(out, run, "run"), label: run, limit };
  await withProgress("captioning", (onStart) => runTask("caption", { ...request, onStart }));
}
