import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeDurably } from "../files/atomic.js";
import type { ParameterShapes, WeightArray, WeightArrays } from "../layers/weights.js";
import { parseConfig, type SimVLMConfig } from "../models/simvlm/config.js";
import { type Head, headShapes, parseHead } from "../models/simvlm/heads.js";
import { parameterShapes } from "../models/simvlm/parameters.js";
import { exists, replaceFolder } from "./folder.js";
import type { Header, StoredType } from "./header.js";
import { openSafetensors, readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";

/** The files of a checkpoint folder; all but the first two may be missing. */
export const FILES = {
  config: "config.json",
  weights: "model.safetensors",
  tokenizer: "tokenizer.json",
  head: "head.json",
  recipe: "recipe.json",
  training: "training.json",
  trainingTensors: "training.safetensors",
} as const;

export interface Checkpoint {
  readonly config: SimVLMConfig;
  /** Those of `parameterShapes(config)`, and the head's if there is one. */
  readonly weights: WeightArrays;
  /** The text of a `tokenizer.json`. */
  readonly tokenizer?: string | undefined;
  readonly head?: Head | undefined;
  readonly training?: TrainingState | undefined;
}

/** What a training run needs to go on: anything JSON holds, and tensors such as the optimiser's moments. */
export interface TrainingState {
  readonly state: unknown;
  readonly tensors: WeightArrays;
}

export interface SaveOptions {
  /** How weights are stored; the training state is always stored in full. */
  readonly dtype?: StoredType;
  /** How the weights were trained, anything JSON holds: kept for whoever asks, nothing reads it. */
  readonly recipe?: unknown;
}

/**
 * Writes a checkpoint folder. It appears under its name only when complete; a checkpoint of that name is replaced.
 * @throws SimvlmError `checkpoint-mismatch` when the weights are not the config's, `not-a-checkpoint` when something
 *   else stands there
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint, options: SaveOptions = {}): Promise<void> {
  const { config, weights, tokenizer, head, training } = checkpoint;
  const { dtype, recipe } = options;
  checkWeights(new Map(Object.entries(weights)), expectedShapes(config, head), folder);
  await replaceFolder(folder, FILES.config, async (draft) => {
    const text = (name: string, content: string) => writeDurably(join(draft, name), content);
    await text(FILES.config, toJson(config));
    await writeSafetensors(join(draft, FILES.weights), weights, {
      ...(dtype && { dtype }),
      metadata: { format: "simvlm" },
    });
    if (tokenizer !== undefined) await text(FILES.tokenizer, tokenizer);
    if (head) await text(FILES.head, toJson(head));
    if (recipe !== undefined) await text(FILES.recipe, toJson(recipe));
    if (training) {
      await text(FILES.training, toJson(training.state));
      await writeSafetensors(join(draft, FILES.trainingTensors), training.tensors);
    }
  });
}

export interface LoadOptions {
  /** Load the training state too, if there is one. */
  readonly training?: boolean;
}

/**
 * Reads a checkpoint folder, its weights one tensor at a time.
 * @throws SimvlmError `no-checkpoint`, `bad-config`, `bad-safetensors`, `checkpoint-mismatch`
 */
export async function loadCheckpoint(folder: string, options: LoadOptions = {}): Promise<Checkpoint> {
  const weights: Record<string, WeightArray> = {};
  const { config, head } = await visitWeights(folder, async (name, file) => {
    weights[name] = await file.read(name);
  });
  const training = options.training ? await readTraining(folder) : undefined;
  return { config, weights, tokenizer: await readOptional(join(folder, FILES.tokenizer)), head, training };
}

/**
 * Checks that a checkpoint folder has the weights of its config, by names and shapes; none is read.
 * @throws SimvlmError as `loadCheckpoint`
 */
export async function checkCheckpoint(folder: string): Promise<Pick<Checkpoint, "config" | "head">> {
  return visitWeights(folder, async () => {});
}

async function visitWeights(
  folder: string,
  visit: (name: string, file: SafetensorsFile) => Promise<void>,
): Promise<Pick<Checkpoint, "config" | "head">> {
  const { config, head } = await readCheckpointConfig(folder);
  const path = join(folder, FILES.weights);
  await requireFile(path, folder);
  const file = await openSafetensors(path);
  try {
    const shapes = expectedShapes(config, head);
    checkWeights(file.tensors, shapes, path);
    for (const name of Object.keys(shapes)) await visit(name, file);
  } finally {
    await file.close();
  }
  return { config, head };
}

/** The config and the head of a checkpoint folder, without its weights. */
export async function readCheckpointConfig(folder: string): Promise<Pick<Checkpoint, "config" | "head">> {
  const path = join(folder, FILES.config);
  await requireFile(path, folder);
  const config = parseConfig(parseJson(await readFile(path, "utf8"), path), path);
  const headPath = join(folder, FILES.head);
  const head = await readOptional(headPath);
  return { config, head: head === undefined ? undefined : parseHead(parseJson(head, headPath), headPath) };
}

async function readTraining(folder: string): Promise<TrainingState | undefined> {
  const path = join(folder, FILES.training);
  const state = await readOptional(path);
  if (state === undefined) return undefined;
  return { state: parseJson(state, path), tensors: await readSafetensors(join(folder, FILES.trainingTensors)) };
}

function expectedShapes(config: SimVLMConfig, head: Head | undefined): ParameterShapes {
  return { ...parameterShapes(config), ...(head && headShapes(head, config)) };
}

/** At most this many differing weights are named. */
const NAMED = 10;

function checkWeights(
  found: ReadonlyMap<string, Pick<WeightArray, "shape">> | Header["tensors"],
  expected: ParameterShapes,
  path: string,
): void {
  const differences: string[] = [];
  for (const [name, shape] of Object.entries(expected)) {
    const stored = found.get(name)?.shape;
    if (!stored) differences.push(`missing ${name} [${shape}]`);
    else if (stored.join() !== shape.join()) differences.push(`wrong shape ${name} [${stored}], should be [${shape}]`);
  }
  for (const [name, { shape }] of found) if (!(name in expected)) differences.push(`unexpected ${name} [${shape}]`);
  if (differences.length === 0) return;
  const more = differences.length > NAMED ? `\n  … and ${differences.length - NAMED} more` : "";
  throw new SimvlmError(
    "checkpoint-mismatch",
    `${path}: ${differences.length} weights are not those of its config. Use the config they were made with.\n  ` +
      differences.slice(0, NAMED).join("\n  ") +
      more,
  );
}

async function requireFile(path: string, folder: string): Promise<void> {
  if (await exists(path)) return;
  throw new SimvlmError(
    "no-checkpoint",
    `${folder} is not a checkpoint: ${path} is missing. A checkpoint is a folder with ${FILES.config} and ${FILES.weights}.`,
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SimvlmError("bad-json", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
