import { SimvlmError } from "@simvlm/metrics";
import type { Modality, TaskExample, TaskSettings } from "./task.js";

/** Whether the encoder is shown the picture. */
export const showsImage = (modality: Modality): boolean => modality === "image" || modality === "both";
/** Whether the encoder is shown the text that says the same. */
export const showsText = (modality: Modality): boolean => modality === "text" || modality === "both";

/** The picture files an example shows under a modality; one that has none shows none. */
export function imagesOf(modality: Modality, ...files: readonly (string | undefined)[]): string[] {
  return showsImage(modality) ? files.filter((file) => file !== undefined) : [];
}

/**
 * Every example with the pictures of the next one that shows others, from the first again after the last, if that was asked
 * for. The next one itself will not do: several questions or claims about one picture follow each other.
 * @throws SimvlmError `no-other-picture`
 */
export function swapImages(examples: readonly TaskExample[], settings: TaskSettings): readonly TaskExample[] {
  if (!settings.swapImages) return examples;
  if (examples.every(({ images }) => images.length === 0)) throw noOtherPicture();
  return examples.map((example, i) => ({ ...example, images: otherImages(examples, i) }));
}

function otherImages(examples: readonly TaskExample[], place: number): readonly string[] {
  const own = examples[place]!.images;
  if (own.length === 0) return own;
  for (let step = 1; step < examples.length; step++) {
    const { images } = examples[(place + step) % examples.length]!;
    if (images.length === own.length && images.some((image, i) => image !== own[i])) return images;
  }
  throw noOtherPicture();
}

const noOtherPicture = () =>
  new SimvlmError(
    "no-other-picture",
    "Pictures cannot be swapped: no two examples here show different ones. Choose other data, or show the model pictures.",
  );
