import { SimvlmError } from "@simvlm/metrics";
import type { ImageSource } from "../../images/image-source.js";
import { type DecodedPicture, decodePictures, type LoadedImage, loadImages } from "../../images/load-image.js";
import type { NormalizedImage } from "../../images/normalize.js";
import type { Preprocessing } from "../../images/preparation.js";
import { readPreprocessor } from "../../images/preprocessor.js";
import { LIBRARY, type Library, type LibraryProcessor, type LibraryTensor } from "./library.js";

/** A picture for the library, or why there is none. */
export type LibraryPicture = LoadedImage | DecodedPicture;
/** One that there is. */
export type ReadyPicture = (LibraryPicture & { readonly ok: true })["image"];

/** Makes pictures ready for the library's processor. */
export interface Pixels {
  /** Who does what, for manifests. */
  readonly description: Readonly<Record<string, unknown>>;
  load(sources: readonly ImageSource[]): Promise<LibraryPicture[]>;
  /** A grey picture, to try a model with. */
  readonly grey: ReadyPicture;
  /** What the processor is called with. */
  toInput(image: ReadyPicture): unknown;
}

/**
 * Pictures are framed and normalised here, as Pillow does it, where the folder's preprocessor is one that is known;
 * then `processor` hands our numbers on. Where it is not, they are only decoded here, and the library does the rest.
 * @throws SimvlmError what reading the preprocessor throws, but for one that cannot be followed here
 */
export async function preparePixels(
  library: Library,
  processor: LibraryProcessor,
  folder: string,
  preprocessing: Preprocessing = "reference",
): Promise<Pixels> {
  const preparation = await readPreprocessor(folder).catch((error: unknown) => {
    if (error instanceof SimvlmError && CANNOT_FOLLOW.has(error.code)) return error;
    throw error;
  });
  if (preparation instanceof SimvlmError) {
    const imageProcessor = processor.image_processor?.constructor.name;
    return {
      description: { by: LIBRARY, imageProcessor, decodedBy: "simvlm", preprocessing },
      load: (sources) => decodePictures(sources, { preprocessing }),
      grey: { data: new Uint8Array(3 * GREY_SIDE ** 2).fill(128), width: GREY_SIDE, height: GREY_SIDE },
      toInput: ({ data, width, height }) => new library.RawImage(data as Uint8Array, width, height, 3),
    };
  }
  const { framing, kernel, rescale, mean, std } = preparation;
  const handOn = async (input: unknown) => ({ pixel_values: [input].flat()[0] });
  processor.components.image_processor = Object.assign(handOn, { config: processor.image_processor?.config });
  return {
    description: { by: "simvlm", preprocessing, framing, kernel, rescale, mean, std },
    load: (sources) => loadImages(sources, { ...preparation, preprocessing }),
    grey: { data: new Float32Array(3 * framing.size ** 2), width: framing.size, height: framing.size },
    toInput: (image) => toPlanes(library, image as NormalizedImage),
  };
}

/** No image processor refuses a picture of that size. */
const GREY_SIDE = 224;

/** What is known of image processors here does not go that far. */
const CANNOT_FOLLOW: ReadonlySet<string> = new Set(["unsupported-preprocessor", "wrong-schema"]);

/** `[height, width, 3]` becomes `[1, 3, height, width]`. */
function toPlanes({ Tensor }: Library, { data, width, height }: NormalizedImage): LibraryTensor {
  const size = width * height;
  const planes = new Float32Array(3 * size);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < 3; channel++) planes[channel * size + pixel] = data[3 * pixel + channel]!;
  }
  return new Tensor("float32", planes, [1, 3, height, width]);
}
