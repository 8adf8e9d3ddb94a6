import { join } from "node:path";
import {
  checkWeights,
  FILES,
  readConfig,
  readJsonFile,
  readTextFile,
  readTraining,
  readWeights,
  type SaveOptions,
  type TrainingState,
  toJson,
  writeCheckpoint,
} from "../../checkpoints/checkpoint.js";
import { requireShapes } from "../../checkpoints/require-tensors.js";
import type { ParameterShapes, WeightArrays } from "../../layers/weights.js";
import { type Head, headShapes, parseHead } from "./heads.js";
import { parameterShapes } from "./parameters.js";
import { parseConfig, type SimVLMConfig } from "./simvlm-config.js";

/** What a SimVLM's checkpoint holds. */
export interface Checkpoint {
  readonly config: SimVLMConfig;
  /** Those of `parameterShapes(config)`, and the head's if there is one. */
  readonly weights: WeightArrays;
  /** The text of a `tokenizer.json`. */
  readonly tokenizer?: string | undefined;
  readonly head?: Head | undefined;
  readonly training?: TrainingState | undefined;
}

/** The texts of a checkpoint, by the names of their files. */
export function checkpointFiles({ config, tokenizer, head }: Omit<Checkpoint, "weights">): Record<string, string> {
  return {
    [FILES.config]: toJson(config),
    ...(tokenizer !== undefined && { [FILES.tokenizer]: tokenizer }),
    ...(head && { [FILES.head]: toJson(head) }),
  };
}

/**
 * Writes a checkpoint folder. It appears under its name only when complete; a checkpoint of that name is replaced.
 * @throws SimvlmError `checkpoint-mismatch` when the weights are not the config's, and as `writeCheckpoint`
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint, options: SaveOptions = {}): Promise<void> {
  const { config, head, weights, training } = checkpoint;
  requireShapes(new Map(Object.entries(weights)), checkpointShapes(config, head), folder);
  await writeCheckpoint(folder, { files: checkpointFiles(checkpoint), weights, training }, options);
}

/** What of a checkpoint is read. */
export interface LoadOptions {
  /** Load the training state too, if there is one. */
  readonly training?: boolean;
}

/**
 * Reads a checkpoint folder, its weights one tensor at a time.
 * @throws SimvlmError `no-checkpoint`, `bad-config`, `bad-head`, `bad-safetensors`, `checkpoint-mismatch`
 */
export async function loadCheckpoint(folder: string, options: LoadOptions = {}): Promise<Checkpoint> {
  const { config, head } = await readCheckpointConfig(folder);
  const weights = await readWeights(folder, checkpointShapes(config, head));
  const training = options.training ? await readTraining(folder) : undefined;
  return { config, weights, tokenizer: await readTextFile(folder, FILES.tokenizer), head, training };
}

/**
 * Checks that a checkpoint folder has the weights of its config, by names and shapes; none is read.
 * @throws SimvlmError as `loadCheckpoint`
 */
export async function checkCheckpoint(folder: string): Promise<Pick<Checkpoint, "config" | "head">> {
  const { config, head } = await readCheckpointConfig(folder);
  await checkWeights(folder, checkpointShapes(config, head));
  return { config, head };
}

/** The config and the head of a checkpoint folder, without its weights. */
export async function readCheckpointConfig(folder: string): Promise<Pick<Checkpoint, "config" | "head">> {
  const config = parseConfig(await readConfig(folder), join(folder, FILES.config));
  const head = await readJsonFile(folder, FILES.head);
  return { config, head: head === undefined ? undefined : parseHead(head, join(folder, FILES.head)) };
}

/** Names and shapes of all weights of a checkpoint. */
export function checkpointShapes(config: SimVLMConfig, head: Head | undefined): ParameterShapes {
  return { ...parameterShapes(config), ...(head && headShapes(head, config)) };
}
