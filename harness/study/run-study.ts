import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";
import { readText } from "../files/text.js";
import { findPreset } from "../models/family-registry.js";
import { DataFolder } from "../runs/data-folder.js";
import { captionTask } from "../tasks/caption-task.js";
import { completeSettings } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { loadTokenizer } from "../text/load-tokenizer.js";
import { serializeTokenizer } from "../text/tokenizer-file.js";
import { findDocuments, findPairs, findValidationPairs } from "../training/find-shards.js";
import { trainVocabulary } from "../training/train-vocabulary.js";
import { measureStudy, type StudyResults, type StudySource } from "./measure-study.js";
import {
  type CellRecord,
  CellRecordSchema,
  type CellSummary,
  listCells,
  nameCell,
  type StudyCell,
} from "./study-cell.js";
import { requireSameData } from "./study-data.js";
import { recordOf, STUDY_FILES } from "./study-files.js";
import type { StudyRecipe, StudyTest } from "./study-recipe.js";
import { type CellSurroundings, givenSettings, trainCell } from "./train-cell.js";

/** How a study is carried out. */
export interface StudyOptions extends Pick<CellSurroundings, "data" | "out" | "work" | "train" | "run"> {
  /** Only this part of the cells, for one machine of several. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined;
  /** Called with a line for the user to read. */
  readonly onMessage: (message: string) => void;
}

/** A study as it is kept: what was asked, what it took and how it went, and all numbers; the same bytes however often it was stopped. */
export interface Study {
  readonly format: 1;
  readonly recipe: StudyRecipe;
  readonly cells: readonly CellSummary[];
  readonly results: StudyResults;
}

/** How far a study has come. */
export interface StudyProgress {
  readonly done: number;
  readonly cells: number;
  /** False if a training was stopped. */
  readonly finished: boolean;
}

/**
 * Trains and tests the cells of a study, one after the other; those that are done are passed over.
 * @throws SimvlmError `other-recipe` where the folder has another study, `changed-data`, `missing-file`, and what trainings and runs throw
 */
export async function runCells(recipe: StudyRecipe, options: StudyOptions): Promise<StudyProgress> {
  const { data, out, shard, onMessage } = options;
  const { web, files } = await findStudyData(recipe, data);
  await keepRecipe(recipe, out);
  await requireSameData(out, files, data);
  const tokenizerText = await keepTokenizer(recipe, out, web, onMessage);
  await requireVocabulary(recipe, out);
  const all = listCells(recipe);
  const isDone = (cell: StudyCell) => existsSync(recordOf(out, cell));
  for (const cell of listCells(recipe, shard).filter((cell) => !isDone(cell))) {
    onMessage(`${nameCell(cell)}: ${all.filter(isDone).length} of ${all.length} cells are done`);
    const record = await trainCell(cell, { ...options, recipe, web, tokenizerText });
    if (!record) return { done: all.filter(isDone).length, cells: all.length, finished: false };
  }
  return { done: all.filter(isDone).length, cells: all.length, finished: true };
}

/** What a study is trained and tested on. */
export interface StudyData extends Pick<CellSurroundings, "web"> {
  /** All that is read, but for pictures beside such files. */
  readonly files: readonly string[];
}

/**
 * Finds what a study is trained on, and sees to it that the data of all tests are there.
 * @throws SimvlmError what finding and loading them throws
 */
export async function findStudyData(recipe: StudyRecipe, data: string): Promise<StudyData> {
  const web = await findWeb(recipe, data);
  const files = [...web.pairs, ...web.documents, ...web.validation];
  for (const test of recipe.tests) files.push(...(await requireTest(test, data)));
  if (recipe.attention) {
    const { data: folder, split } = recipe.attention;
    files.push(...(await captionTask.load(join(data, folder), completeSettings(captionTask, { split }))).files);
  }
  return { web, files };
}

async function findWeb({ pairs, documents }: StudyRecipe, data: string): Promise<CellSurroundings["web"]> {
  const folder = join(data, pairs);
  return {
    pairs: (await findPairs(folder)).shards,
    documents: documents === undefined ? [] : (await findDocuments(join(data, documents))).shards,
    validation: await findValidationPairs(folder),
  };
}

/**
 * Before hours of training: the data of every test are there.
 * @returns their files
 */
async function requireTest(test: StudyTest, data: string): Promise<string[]> {
  const task = findTask(test.task);
  const settings = completeSettings(task, givenSettings(test));
  const { files } = await task.load(join(data, test.data), settings);
  if (!test.finetuning) return [...files];
  const { data: folder, split } = test.finetuning;
  const training = await task.load(join(data, folder), { ...settings, split });
  return [...files, ...training.files];
}

async function keepRecipe(recipe: StudyRecipe, out: string): Promise<void> {
  if (await requireSameRecipe(recipe, out)) return;
  await makeFolder(out);
  await writeFileAtomic(join(out, STUDY_FILES.recipe), formatRecipe(recipe));
}

/**
 * Sees to it that a folder has no other study than that of a recipe.
 * @returns whether it has that
 * @throws SimvlmError `other-recipe`, and what reading the file throws
 */
export async function requireSameRecipe(recipe: StudyRecipe, out: string): Promise<boolean> {
  const path = join(out, STUDY_FILES.recipe);
  if (!existsSync(path)) return false;
  if ((await readText(path)) === formatRecipe(recipe)) return true;
  throw new SimvlmError(
    "other-recipe",
    `${out} has a study of another recipe, which ${path} says. Continue it with that one, or choose another folder.`,
  );
}

const formatRecipe = (recipe: StudyRecipe): string => `${JSON.stringify(recipe, null, 2)}\n`;

/** One for all variants, whatever they read of the data. */
async function keepTokenizer(
  { preset, config }: StudyRecipe,
  out: string,
  web: CellSurroundings["web"],
  onMessage: (message: string) => void,
): Promise<string> {
  const path = join(out, STUDY_FILES.tokenizer);
  if (existsSync(path)) return readText(path);
  onMessage("training a tokenizer on the texts");
  const { vocabularySize = findPreset(preset).vocabularySize } = config;
  const { file } = await trainVocabulary(web, Number(vocabularySize));
  const text = serializeTokenizer(file);
  await writeFileAtomic(path, text);
  return text;
}

/** Before hours of training: every variant has as many pieces as the tokenizer, whose texts may have given fewer than were asked for. */
async function requireVocabulary({ config, variants }: StudyRecipe, out: string): Promise<void> {
  const path = join(out, STUDY_FILES.tokenizer);
  const { vocabSize } = await loadTokenizer(path);
  for (const variant of variants) {
    const { vocabularySize = vocabSize } = { ...config, ...variant.config };
    if (vocabularySize === vocabSize) continue;
    throw new SimvlmError(
      "bad-recipe",
      `The variant ${variant.name} is to have a vocabularySize of ${vocabularySize}, but ${path} has ${vocabSize} pieces, which are ` +
        "all that the texts gave. Write that number into the recipe, and begin in another folder.",
    );
  }
}

/** What the cells of a study said, with its tests' data. */
export function sourceOf(cells: readonly Pick<CellRecord, "variant" | "seed" | "said">[], data: string): StudySource {
  const folders = new Map<string, DataFolder>();
  const said = new Map(cells.map(({ variant, seed, said }) => [`${variant}/seed-${seed}`, said]));
  return {
    load(test) {
      const path = join(data, test.data);
      const folder = folders.get(path) ?? new DataFolder(path, { keepsBytes: true });
      folders.set(path, folder);
      const task = findTask(test.task);
      return folder.load(task, completeSettings(task, givenSettings(test)));
    },
    predictions: (variant, seed, test) =>
      said.get(`${variant}/seed-${seed}`)?.[test]?.map(([id, prediction]) => ({ id, prediction })),
  };
}

/**
 * Measures the cells of a study that are done, and writes its numbers.
 * @throws SimvlmError `study-not-begun` where the base is not done, and what reading the records and the data throws
 */
export async function finishStudy(
  recipe: StudyRecipe,
  { data, out }: Pick<StudyOptions, "data" | "out">,
): Promise<{ readonly study: Study; readonly records: readonly CellRecord[] }> {
  const done = listCells(recipe).filter((cell) => existsSync(recordOf(out, cell)));
  const [base] = recipe.variants;
  if (!done.some(({ variant, seed }) => variant === base && seed === recipe.seeds[0])) {
    throw new SimvlmError(
      "study-not-begun",
      `${out} does not have the base, ${base!.name}, with seed ${recipe.seeds[0]}, which the others are compared with. Train it first.`,
    );
  }
  const records: CellRecord[] = [];
  for (const cell of done) records.push(await readJson(recordOf(out, cell), CellRecordSchema));
  const cells = records.map(({ seconds: _, said: __, ...rest }) => rest);
  const study: Study = { format: 1, recipe, cells, results: await measureStudy(recipe, sourceOf(records, data)) };
  await writeFileAtomic(join(out, STUDY_FILES.study), formatStudy(study));
  return { study, records };
}

/** How long each cell's trainings took, by the cell's name and the training's. */
export type StudySeconds = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A study as its file has it. */
export function formatStudy(study: Study): string {
  return `${JSON.stringify(study)}\n`;
}
