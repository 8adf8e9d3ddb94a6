import { join } from "node:path";
import { loadRuns } from "../compare/load-runs.js";
import { sizeOf } from "../engine/trace/graph.js";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { findPreset, openCheckpoint } from "../models/family-registry.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { createRandom } from "../random.js";
import { runTask } from "../runs/run-task.js";
import { completeSettings, type GivenSettings } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { finetune } from "../training/finetuning.js";
import { loadFinetuningData } from "../training/finetuning-data.js";
import { FINETUNING_DEFAULTS } from "../training/finetuning-recipe.js";
import { pretrain } from "../training/pretraining.js";
import type { PretrainingData } from "../training/pretraining-batches.js";
import { PRETRAINING_DEFAULTS, type PretrainingRecipe } from "../training/pretraining-recipe.js";
import type { TrainingOptions } from "../training/run-training.js";
import { readTrainingLog } from "../training/training-log.js";
import { SESSION_FILES } from "../training/training-session.js";
import { type AttentionPlan, type CellAttention, lookAtCell } from "./cell-attention.js";
import { type CellRecord, type CellTraining, nameCell, PRETRAINING, type StudyCell } from "./study-cell.js";
import { recordOf, runOf, weightsOf } from "./study-files.js";
import { isTested, type StudyRecipe, type StudyTest } from "./study-recipe.js";

/** What all cells of a study share. */
export interface CellSurroundings {
  readonly recipe: StudyRecipe;
  /** The folder that the recipe's data lie in. */
  readonly data: string;
  readonly out: string;
  /** The folder for weights and runs. */
  readonly work: string;
  readonly web: PretrainingData & { readonly validation: readonly string[] };
  readonly tokenizerText: string;
  /** Carries a training out; says whether it came to its end. */
  readonly train: (
    name: string,
    steps: number,
    training: (options: TrainingOptions) => Promise<boolean>,
  ) => Promise<boolean>;
  /** Carries a run out, with progress. */
  readonly run: <T>(name: string, work: (onStart: (steps: number) => () => void) => Promise<T>) => Promise<T>;
}

/**
 * Trains a variant with a seed, and runs it on every test that it can be given; a cell that was stopped goes on where it
 * was.
 * @returns its record, which is kept, too; undefined if a training was stopped
 * @throws SimvlmError what trainings and runs throw
 */
export async function trainCell(cell: StudyCell, around: CellSurroundings): Promise<CellRecord | undefined> {
  const { recipe, out, work } = around;
  const trainings: Record<string, CellTraining> = {};
  const seconds: Record<string, number> = {};
  const said: CellRecord["said"] = {};
  const keep = async (name: string, batch: number) => {
    const { took, ...training } = await readTraining(weightsOf(work, cell, name), batch);
    trainings[name] = training;
    seconds[name] = took;
  };
  const fresh = await createVariant(cell, recipe, around.tokenizerText);
  const isPretrained = cell.variant.pretraining !== false;
  const pretraining = pretrainingOf(cell, recipe);
  const folder = weightsOf(work, cell, PRETRAINING);
  if (isPretrained) {
    const name = `${nameCell(cell)} ${PRETRAINING}`;
    const training = (how: TrainingOptions) => pretrain(folder, fresh, around.web, pretraining, how);
    if (!(await around.train(name, pretraining.steps, training))) return undefined;
    const documents = around.web.documents.length > 0 ? pretraining.documents : 0;
    await keep(PRETRAINING, pretraining.pairs + documents);
  }
  const pretrained = join(folder, SESSION_FILES.final);
  const { attention: plan } = recipe;
  const attention = isPretrained && plan ? await lookAt(pretrained, plan, cell, around) : undefined;
  for (const test of recipe.tests.filter((test) => isTested(cell.variant, test))) {
    let checkpoint = pretrained;
    if (test.finetuning) {
      const model = isPretrained ? await openCheckpoint(pretrained) : fresh;
      if (!(await finetuneFor(test, test.finetuning, model, cell, around))) return undefined;
      checkpoint = join(weightsOf(work, cell, test.name), SESSION_FILES.final);
      await keep(test.name, test.finetuning.batch ?? FINETUNING_DEFAULTS.batch);
    }
    said[test.name] = await runTest(test, checkpoint, cell, around);
  }
  const parameters = await countParameters(fresh);
  const record = {
    variant: cell.variant.name,
    seed: cell.seed,
    parameters,
    trainings,
    ...(attention && { attention }),
    seconds,
    said,
  };
  const path = recordOf(out, cell);
  await makeFolder(join(path, ".."));
  await writeFileAtomic(path, `${JSON.stringify(record)}\n`);
  return record;
}

async function lookAt(
  checkpoint: string,
  plan: AttentionPlan,
  cell: StudyCell,
  { data, run }: CellSurroundings,
): Promise<CellAttention | undefined> {
  const model = await openCheckpoint(checkpoint);
  return run(`${nameCell(cell)} attention`, async (onStart) => {
    const tick = onStart(plan.pictures);
    return lookAtCell(model, plan, data, tick);
  });
}

/**
 * A cell's model before it is trained.
 * @throws SimvlmError `unknown-preset`, `bad-config`
 */
export function createVariant(
  { variant, seed }: StudyCell,
  { preset, config }: Pick<StudyRecipe, "preset" | "config">,
  tokenizerText: string,
): Promise<VisionLanguageModel> {
  return findPreset(preset).create(createRandom(seed), { tokenizerText, changes: { ...config, ...variant.config } });
}

async function countParameters({ trainable }: VisionLanguageModel): Promise<number> {
  const weights = Object.values((await trainable?.readWeights()) ?? {});
  return weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The base's, and what the variant has otherwise. */
export function pretrainingOf({ variant, seed }: StudyCell, recipe: StudyRecipe): PretrainingRecipe {
  const changes = variant.pretraining || {};
  const { objective, ...merged } = { ...PRETRAINING_DEFAULTS, ...recipe.pretraining, ...changes, seed };
  return { ...merged, ...(objective && objective !== "prefix-lm" && { objective }) };
}

async function finetuneFor(
  test: StudyTest,
  { data: folder, split, limit, ...changes }: NonNullable<StudyTest["finetuning"]>,
  model: VisionLanguageModel,
  cell: StudyCell,
  { data, work, train }: CellSurroundings,
): Promise<boolean> {
  const task = findTask(test.task);
  const settings = completeSettings(task, { ...givenSettings(test), split });
  const examples = await loadFinetuningData(task, join(data, folder), settings, limit);
  const fromScratch = cell.variant.pretraining === false;
  const recipe = { ...FINETUNING_DEFAULTS, ...changes, seed: cell.seed, fromScratch };
  return train(`${nameCell(cell)} ${test.name}`, recipe.steps, (how) =>
    finetune(weightsOf(work, cell, test.name), model, examples, recipe, how),
  );
}

async function runTest(
  test: StudyTest,
  checkpoint: string,
  cell: StudyCell,
  { data, work, run }: CellSurroundings,
): Promise<CellRecord["said"][string]> {
  const { maxLength, greedy, limit, metrics } = test;
  const decoding = { ...(greedy && { method: "greedy" as const }), ...(maxLength !== undefined && { maxLength }) };
  const request = {
    ...{ data: join(data, test.data), from: { checkpoint }, out: runOf(work, cell, test.name) },
    ...{ settings: givenSettings(test), decoding, limit, metrics, label: `${nameCell(cell)} ${test.name}` },
  };
  await run(`${nameCell(cell)} ${test.name}`, (onStart) => runTask(test.task, { ...request, onStart }));
  const [finished] = await loadRuns([request.out]);
  return [...finished!.predictions.values()].map(({ id, prediction }) => [id, prediction]);
}

/** What a test asks of its task. */
export function givenSettings({ split, modality, answer }: StudyTest): GivenSettings {
  return { split, ...(modality && { modality }), ...(answer && { answer }) };
}

/** What a training's log tells of it. */
async function readTraining(folder: string, batch: number): Promise<CellTraining & { readonly took: number }> {
  const lines = (await readTrainingLog(join(folder, SESSION_FILES.log))).filter(({ type }) => type === "step");
  const curve = lines.map(({ step, loss }): [number, number] => [step, Number(loss)]);
  const took = lines.reduce((sum, { step, examplesPerSecond }, i) => {
    return sum + ((step - (lines[i - 1]?.step ?? 0)) * batch) / Number(examplesPerSecond);
  }, 0);
  const steps = curve.at(-1)?.[0] ?? 0;
  return { steps, examples: steps * batch, curve, took };
}
