import type { ImageSource } from "./image-source.js";
import { type LoadedImage, type LoadImagesOptions, loadImages } from "./load-image.js";

/** Loads batches of pictures one after the other, each while whoever asks for them works on the one before. */
export async function* loadAhead(
  batches: readonly (readonly ImageSource[])[],
  options: LoadImagesOptions = {},
): AsyncGenerator<LoadedImage[], void> {
  const load = (batch: readonly ImageSource[] | undefined) => {
    const loading = batch === undefined ? undefined : loadImages(batch, options);
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
