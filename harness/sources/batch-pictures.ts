import { type LoadedImage, loadImages } from "../images/load-image.js";
import type { Preparation } from "../images/preparation.js";

/** The pictures of one batch by their files, each once. */
export type BatchPictures = ReadonlyMap<string, LoadedImage>;

/**
 * Loads the pictures of a batch, each file once: questions about one picture are given the same pixels, which a model
 * that knows them again looks at once. The last file of the batch before is not loaded again, since the questions about
 * a picture may go on in the next batch.
 */
export async function loadBatchPictures(
  files: readonly string[],
  preparation: Preparation,
  before: BatchPictures = new Map(),
): Promise<BatchPictures> {
  const last = [...before].at(-1);
  const kept = new Map(last && files.includes(last[0]) ? [last] : []);
  const missing = [...new Set(files)].filter((file) => !kept.has(file));
  const loaded = await loadImages(missing, preparation);
  const found = new Map([...kept, ...missing.map((file, i) => [file, loaded[i]!] as const)]);
  return new Map([...new Set(files)].map((file) => [file, found.get(file)!]));
}
