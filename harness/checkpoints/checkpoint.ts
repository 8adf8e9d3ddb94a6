import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { writeDurably } from "../files/atomic.js";
import { hashFile } from "../files/hash.js";
import { fileInside } from "../files/inside.js";
import { readJson } from "../files/json.js";
import { findExcess } from "../files/json-table.js";
import { readModelText } from "../files/model-text.js";
import { JSON_LIMITS } from "../files/parse-json.js";
import type { ParameterShapes, WeightArray, WeightArrays } from "../layers/weights.js";
import { requireFinite } from "./finite-weights.js";
import { exists, replaceFolder } from "./replace-folder.js";
import { requireShapes } from "./require-tensors.js";
import { openSafetensors, readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
import type { StoredType } from "./storage-types.js";

/** The files of a checkpoint folder as we write it; all but the first two may be missing. */
export const FILES = {
  config: "config.json",
  weights: "model.safetensors",
  tokenizer: "tokenizer.json",
  head: "head.json",
  recipe: "recipe.json",
  training: "training.json",
  trainingTensors: "training.safetensors",
  checksums: "checksums.json",
} as const;

/** The files that no answer depends on: what a training needs to go on. */
export const TRAINING_FILES: readonly string[] = [FILES.training, FILES.trainingTensors, FILES.checksums];

const Checksums = z.record(z.string(), z.string()).describe("the SHA-256 of each file of a training's state");

/** What a training run needs to go on: anything JSON holds, and tensors such as the optimiser's moments. */
export interface TrainingState {
  readonly state: unknown;
  readonly tensors: WeightArrays;
}

/** What a file of weights says that it is for: `pt` is what PyTorch's readers want. */
export type WeightsFormat = "simvlm" | "pt";

/** What stands in a checkpoint's folder, whatever its family. */
export interface CheckpointContent {
  /** Texts by the names of their files; `config.json` is one of them. */
  readonly files: Readonly<Record<string, string>>;
  readonly weights: WeightArrays;
  /** Default `simvlm`. */
  readonly weightsFormat?: WeightsFormat | undefined;
  readonly training?: TrainingState | undefined;
}

/** How a checkpoint is written. */
export interface SaveOptions {
  /** How weights are stored; the training state is always stored in full. */
  readonly dtype?: StoredType;
  /** How the weights were trained, anything JSON holds: kept for whoever asks, nothing reads it. */
  readonly recipe?: unknown;
}

/**
 * Writes a checkpoint folder. It appears under its name only when complete; a checkpoint of that name is replaced.
 * @throws SimvlmError `not-a-checkpoint` when something else stands there, `cannot-write`
 */
export async function writeCheckpoint(
  folder: string,
  { files, weights, weightsFormat: format = "simvlm", training }: CheckpointContent,
  { dtype, recipe }: SaveOptions = {},
): Promise<void> {
  await replaceFolder(folder, FILES.config, async (draft) => {
    const text = (name: string, content: string) => writeDurably(join(draft, name), content);
    for (const [name, content] of Object.entries(files)) await text(name, content);
    await writeSafetensors(join(draft, FILES.weights), weights, {
      ...(dtype && { dtype }),
      metadata: { format },
    });
    if (recipe !== undefined) await text(FILES.recipe, toJson(recipe));
    if (training) {
      await text(FILES.training, toJson(training.state));
      await writeSafetensors(join(draft, FILES.trainingTensors), training.tensors);
      await text(FILES.checksums, toJson(await hashFiles(draft, await readdir(draft))));
    }
  });
}

/**
 * Checks that the files of a checkpoint with a training state are those that were written, by their checksums: all of
 * them, and each.
 * @throws SimvlmError `damaged-checkpoint` naming the file, and what reading throws
 */
export async function requireIntact(folder: string): Promise<void> {
  const path = join(folder, FILES.checksums);
  if (!(await exists(path))) {
    throw new SimvlmError(
      "damaged-checkpoint",
      `${path}: there are no checksums, so that nothing vouches for the state.`,
    );
  }
  const written = await readJson(path, Checksums);
  const names = (await readdir(folder)).filter((name) => name !== FILES.checksums);
  const found = await hashFiles(folder, [...new Set([...names, ...Object.keys(written)])]);
  const changed = Object.keys(found).filter((name) => found[name] !== written[name]);
  if (changed.length === 0) return;
  throw new SimvlmError(
    "damaged-checkpoint",
    `${changed.map((name) => join(folder, name)).join(", ")}: not what was written there.`,
  );
}

async function hashFiles(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const name of [...names].sort()) hashes[name] = await hashFile(fileInside(folder, name, FILES.checksums));
  return hashes;
}

/**
 * What a checkpoint's config.json says.
 * @throws SimvlmError `no-checkpoint`, `bad-json`
 */
export async function readConfig(folder: string): Promise<unknown> {
  await requireFile(folder, FILES.config);
  return readJsonFile(folder, FILES.config);
}

/** What a JSON file of a checkpoint says; undefined where it is not there. @throws SimvlmError `bad-json` */
export async function readJsonFile(folder: string, name: string): Promise<unknown> {
  const path = join(folder, name);
  const text = await readTextFile(folder, name);
  if (text === undefined) return undefined;
  const excess = findExcess(text, JSON_LIMITS);
  if (excess !== undefined) throw new SimvlmError("bad-json", `${path} ${excess}: it is no file of a checkpoint.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SimvlmError("bad-json", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/**
 * A text file of a checkpoint; undefined where it is not there.
 * @throws SimvlmError `unreadable-file`, `lfs-pointer`
 */
export async function readTextFile(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readModelText(join(folder, name));
  } catch (error) {
    if (error instanceof SimvlmError && error.code === "missing-file") return undefined;
    throw error;
  }
}

/**
 * A checkpoint's weights in the order of `shapes`, one tensor in memory at a time besides them.
 * @param shapes of all that are there
 * @param isWanted which of them are read, by name; default all
 * @throws SimvlmError `no-checkpoint`, `bad-safetensors`, `checkpoint-mismatch` where they are others than those,
 *   `not-finite-weights`
 */
export async function readWeights(
  folder: string,
  shapes: ParameterShapes,
  isWanted: (name: string) => boolean = () => true,
): Promise<WeightArrays> {
  const weights: Record<string, WeightArray> = {};
  await visitWeights(folder, shapes, async (name, file) => {
    if (!isWanted(name)) return;
    weights[name] = await file.read(name);
    requireFinite(weights[name].data, name, file.source);
  });
  return weights;
}

/** Checks a checkpoint's weights by names and shapes; none is read. @throws SimvlmError as {@link readWeights} */
export async function checkWeights(folder: string, shapes: ParameterShapes): Promise<void> {
  await visitWeights(folder, shapes, async () => {});
}

async function visitWeights(
  folder: string,
  shapes: ParameterShapes,
  visit: (name: string, file: SafetensorsFile) => Promise<void>,
): Promise<void> {
  await requireFile(folder, FILES.weights);
  const path = join(folder, FILES.weights);
  const file = await openSafetensors(path);
  try {
    requireShapes(file.tensors, shapes, path);
    for (const name of Object.keys(shapes)) await visit(name, file);
  } finally {
    await file.close();
  }
}

/** The state that a training goes on from; undefined where there is none. @throws SimvlmError `bad-json`, `bad-safetensors` */
export async function readTraining(folder: string): Promise<TrainingState | undefined> {
  const state = await readJsonFile(folder, FILES.training);
  if (state === undefined) return undefined;
  return { state, tensors: await readSafetensors(join(folder, FILES.trainingTensors)) };
}

async function requireFile(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  if (await exists(path)) return;
  throw new SimvlmError(
    "no-checkpoint",
    `${folder} is not a checkpoint: ${path} is missing. A checkpoint is a folder with ${FILES.config} and its weights.`,
  );
}

/** JSON as the files of a checkpoint have it. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
