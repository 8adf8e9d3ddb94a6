import type { ImageSource } from "./image-source.js";
import { type LoadedImage, type LoadImagesOptions, loadImages } from "./load-image.js";

/** Loads batches of pictures one after the other, each while whoever asks for them works on the one before. */
export function loadAhead(
  batches: readonly (readonly ImageSource[])[],
  options: LoadImagesOptions = {},
): AsyncGenerator<LoadedImage[], void> {
  return loadEachAhead(batches, (batch) => loadImages(batch, options));
}

/** The same for whatever else loads a batch. */
export async function* loadEachAhead<Batch, Loaded>(
  batches: readonly Batch[],
  loadOne: (batch: Batch) => Promise<Loaded>,
): AsyncGenerator<Loaded, void> {
  const load = (batch: Batch | undefined) => {
    const loading = batch === undefined ? undefined : loadOne(batch);
    loading?.catch(() => {}); // whoever stops before it is asked for need not hear of it
    return loading;
  };
  let next = load(batches[0]);
  for (let i = 1; next !== undefined; i++) {
    const loaded = await next;
    next = load(batches[i]);
    yield loaded;
  }
}
