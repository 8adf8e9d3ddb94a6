import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readTraining, readWeights, requireIntact, writeCheckpoint } from "../checkpoints/checkpoint.js";
import { removeFolder } from "../files/drafts.js";
import { validate } from "../files/schema.js";
import type { ParameterShapes, WeightArrays } from "../layers/weights.js";
import type { Progress } from "./loop.js";
import type { TrainedArrays } from "./trainer.js";

/** So many states are kept: the latest, and the one before to go back to where the latest is damaged. */
const KEPT = 2;
const NAME = /^step-\d+$/;

const Saved: z.ZodType<Progress> = z
  .object({
    step: z.int().positive(),
    position: z.unknown(),
    sinceReport: z.object({ losses: z.number(), steps: z.int().nonnegative() }).optional(),
  })
  .describe("how far a training had come");

/** What a training continues from. */
export interface TrainingState {
  readonly progress: Progress;
  readonly arrays: TrainedArrays;
}

/** Saves the state after a step in the folder of states; all but the one before are removed. */
export async function saveState(
  folder: string,
  progress: Progress,
  { weights, moments }: TrainedArrays,
  { files, recipe }: { readonly files: Readonly<Record<string, string>>; readonly recipe: unknown },
): Promise<void> {
  const tensors = { ...prefixed("first", moments.first), ...prefixed("second", moments.second) };
  const name = `step-${String(progress.step).padStart(8, "0")}`;
  await writeCheckpoint(join(folder, name), { files, weights, training: { state: progress, tensors } }, { recipe });
  for (const old of (await listStates(folder)).slice(0, -KEPT)) await removeFolder(join(folder, old));
}

/**
 * The state after the latest step that was saved and is as it was written.
 * @returns undefined where none was saved; and what is to be known of those that are damaged, which are removed
 * @throws SimvlmError `damaged-state` if all are
 */
export async function readLatestState(
  folder: string,
  shapes: ParameterShapes,
): Promise<{ readonly state?: TrainingState; readonly notes: readonly string[] }> {
  const damaged: { readonly path: string; readonly reason: string }[] = [];
  for (const name of (await listStates(folder)).reverse()) {
    const path = join(folder, name);
    try {
      const state = await readState(path, shapes);
      for (const each of damaged) await removeFolder(each.path);
      return {
        state,
        notes: damaged.map(({ path, reason }) => `${path} is damaged: ${reason} Going back to ${name}.`),
      };
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error;
      damaged.push({ path, reason: error.message });
    }
  }
  if (damaged.length === 0) return { notes: [] };
  const list = damaged.map(({ path, reason }) => `${path}: ${reason}`).join(" ");
  throw new SimvlmError(
    "damaged-state",
    `There is no state to continue from: all that were saved are damaged. ${list} Start again in another folder.`,
  );
}

async function listStates(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NAME.test(name)).sort();
}

async function readState(folder: string, shapes: ParameterShapes): Promise<TrainingState> {
  await requireIntact(folder);
  const weights = await readWeights(folder, shapes);
  const training = await readTraining(folder);
  if (!training) throw new SimvlmError("no-training-state", `${folder} has no training state.`);
  const { tensors } = training;
  const moments = { first: without("first", tensors), second: without("second", tensors) };
  return { progress: validate(Saved, training.state, folder), arrays: { weights, moments } };
}

function prefixed(prefix: string, arrays: WeightArrays): WeightArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array]));
}

function without(prefix: string, arrays: WeightArrays): WeightArrays {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${prefix}.`));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(prefix.length + 1), array]));
}
