import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { hashFile } from "../files/hash.js";
import type { WeightArray, WeightArrays } from "../layers/weights.js";
import { FILES } from "./checkpoint.js";
import { openStoredWeights } from "./open-stored-weights.js";
import { exists } from "./replace-folder.js";
import { isStoredType } from "./storage-types.js";
import type { StoredWeights } from "./stored-weights.js";

/** SHA-256 in hex. */
export interface CheckpointHashes {
  /** Of each file that is there, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the weights, see `hashWeights`; absent where none are asked for. */
  readonly weights?: string;
}

/**
 * The SHA-256 of weights, in hex: names, shapes and 32-bit numbers in the order of the names. The same weights have
 * the same hash whatever file, order or storage type they come from, as long as that type holds them exactly.
 */
export function hashWeights(weights: WeightArrays): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(weights).sort()) addWeight(hash, name, weights[name]!);
  return hash.digest("hex");
}

/**
 * Hashes a checkpoint folder, with one tensor in memory at a time.
 * @param names of the files, as far as they are there; default: all that we write
 * @param weightNames the weights, whatever files of the folder they lie in; default: all of a model.safetensors, where
 *   that is among the files
 * @throws SimvlmError what `openStoredWeights` and {@link hashStoredWeights} throw
 */
export async function hashCheckpoint(
  folder: string,
  names: readonly string[] = Object.values(FILES),
  weightNames?: readonly string[],
): Promise<CheckpointHashes> {
  const files: Record<string, string> = {};
  for (const name of names) {
    if (await exists(join(folder, name))) files[name] = await hashFile(join(folder, name));
  }
  if (!weightNames && !(FILES.weights in files)) return { files };
  const stored = await openStoredWeights(folder);
  try {
    return { files, weights: await hashStoredWeights(stored, weightNames) };
  } finally {
    await stored.close();
  }
}

/**
 * {@link hashWeights} of weights in files, one of them in memory at a time.
 * @param names which of them, each once; default: all that are stored as weights, so that buffers do not count
 * @throws SimvlmError when one of them is not there or is damaged
 */
export async function hashStoredWeights(stored: StoredWeights, names?: readonly string[]): Promise<string> {
  const all = [...stored.tensors].flatMap(([name, { dtype }]) => (isStoredType(dtype) ? [name] : []));
  const hash = createHash("sha256");
  for (const name of [...(names ?? all)].sort()) addWeight(hash, name, await stored.read(name));
  return hash.digest("hex");
}

function addWeight(hash: Hash, name: string, { shape, data }: WeightArray): void {
  hash.update(`${JSON.stringify([name, shape])}\n`);
  hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
