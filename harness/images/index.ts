export { type DecodeOptions, decodeImage, type ImageSource, type RgbImage } from "./decode.js";
export { type Box, type CropRange, type Framing, type StillFraming, sampleCrop } from "./framing.js";
export {
  type LoadedImage,
  type LoadImagesOptions,
  type LoadOptions,
  loadImage,
  loadImages,
  type Normalization,
  type NormalizedImage,
  normalizeImage,
} from "./load-image.js";
