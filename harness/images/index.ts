export { type DecodeOptions, decodeImage } from "./decode.js";
export { decodeReference, type ReferenceImage, type ReferenceOptions } from "./decode-reference.js";
export { type Box, type CropRange, type Framing, type StillFraming, sampleCrop } from "./framing.js";
export type { ImageSource } from "./image-source.js";
export { loadAhead } from "./load-ahead.js";
export {
  countUnturned,
  type LoadedImage,
  type LoadImagesOptions,
  type LoadOptions,
  loadImage,
  loadImages,
  type PublishedLoadOptions,
} from "./load-image.js";
export { type Normalization, type NormalizedImage, normalizeImage, type PerChannel } from "./normalize.js";
export { type CropResize, frameWithPillow, type PillowFraming, type StillPillowFraming } from "./pillow-frame.js";
export type { PillowKernel } from "./pillow-kernels.js";
export { resample } from "./pillow-resample.js";
export {
  type OwnPreparation,
  PREPROCESSINGS,
  type Preparation,
  type Preprocessing,
  type PublishedPreparation,
} from "./preparation.js";
export { readPreprocessor } from "./preprocessor.js";
export type { RgbImage, Size } from "./rgb-image.js";
export { showImage } from "./show-image.js";
export type { TransparentColour } from "./transparency.js";
