import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { openSafetensors } from "./safetensors.js";
import { openShards } from "./shards.js";
import type { StoredWeights } from "./stored-weights.js";

const SAFETENSORS = "model.safetensors";
const PYTORCH = "pytorch_model.bin";

/** What reads pickles and archives is loaded for those who have such. */
const openPytorch = async (path: string) => (await import("./pytorch.js")).openPytorch(path);

/** How the files of a folder's weights are opened; the first that is there is it. */
const OPEN: Readonly<Record<string, (path: string) => Promise<StoredWeights>>> = {
  [SAFETENSORS]: openSafetensors,
  [`${SAFETENSORS}.index.json`]: (path) => openShards(path, openSafetensors),
  [PYTORCH]: openPytorch,
  [`${PYTORCH}.index.json`]: (path) => openShards(path, openPytorch),
};

/** The files that a folder's weights may be in, the preferred first. */
export const WEIGHT_FILES: readonly string[] = Object.keys(OPEN);

/**
 * Opens the weights of a model's folder: one file of safetensors or of PyTorch, or the shards that an index names.
 * @throws SimvlmError `no-checkpoint` for a folder without weights, `only-graphs` for one of transformers.js, `bad-safetensors`, `bad-pytorch`, `bad-index`,
 *   `lfs-pointer`, `missing-file`, `unreadable-file`, `unsafe-path`
 */
export async function openStoredWeights(folder: string): Promise<StoredWeights> {
  for (const [name, open] of Object.entries(OPEN)) {
    const path = join(folder, name);
    // A link to nowhere is there: an unfinished download must not be passed over in silence.
    if (await isThere(path)) return open(path);
  }
  if (await isThere(join(folder, "onnx"))) {
    throw new SimvlmError(
      "only-graphs",
      `${folder} has no weights, but a folder onnx: it holds a model's graphs, as transformers.js runs them.`,
    );
  }
  throw new SimvlmError(
    "no-checkpoint",
    `${folder} has no weights: there is none of ${WEIGHT_FILES.join(", ")}. Download it again.`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
