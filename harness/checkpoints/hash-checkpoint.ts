import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { hashFile } from "../files/hash.js";
import type { WeightArray, WeightArrays } from "../layers/weights.js";
import { FILES } from "./checkpoint.js";
import { exists } from "./replace-folder.js";
import { openSafetensors } from "./safetensors.js";

/** SHA-256 in hex. */
export interface CheckpointHashes {
  /** Of each file that is there, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the weights, see `hashWeights`; absent for a checkpoint without a model.safetensors. */
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
 */
export async function hashCheckpoint(
  folder: string,
  names: readonly string[] = Object.values(FILES),
): Promise<CheckpointHashes> {
  const files: Record<string, string> = {};
  for (const name of names) {
    if (await exists(join(folder, name))) files[name] = await hashFile(join(folder, name));
  }
  return { files, ...(FILES.weights in files && { weights: await hashStoredWeights(join(folder, FILES.weights)) }) };
}

async function hashStoredWeights(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await openSafetensors(path);
  try {
    for (const name of [...file.tensors.keys()].sort()) addWeight(hash, name, await file.read(name));
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

function addWeight(hash: Hash, name: string, { shape, data }: WeightArray): void {
  hash.update(`${JSON.stringify([name, shape])}\n`);
  hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
