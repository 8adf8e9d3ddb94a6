export { type Aligned, type AlignOptions, alignPredictions } from "./align.js";
export type { CaptionExample, CaptionOptions, ImageOptions } from "./captions.js";
export { readCocoCaptions } from "./coco.js";
export { type FlickrOptions, readFlickr } from "./flickr.js";
export type { FormatDescription, GeneralFormat } from "./format.js";
export { DATA_SET_FORMATS, GENERAL_FORMATS } from "./format-table.js";
export { type Multi30kFiles, readMulti30k, type TranslationExample } from "./multi30k.js";
export { type Nlvr2Example, readNlvr2 } from "./nlvr2.js";
export { DOMAINS, type Domain, type NocapsExample, readNocaps } from "./nocaps.js";
export type { ResultsOptions } from "./results/results-form.js";
export {
  type CaptionPrediction,
  type Nlvr2Prediction,
  readCaptionResults,
  readNlvr2Results,
  readSnliVeResults,
  readVqaResults,
  type SnliVePrediction,
  type VqaPrediction,
} from "./results.js";
export { fromRuns, type Mask, packRuns, toRuns, unpackRuns } from "./run-length.js";
export { readSegments, type Segment, type Segments } from "./segments.js";
export { readSliceTable, type SliceTable } from "./slice-table.js";
export {
  readSnliVe,
  SNLI_VE_LABELS,
  type SnliVeExample,
  type SnliVeLabel,
  type SnliVeSet,
} from "./snli-ve.js";
export { readAnswerList, readVqa, type VqaAnswer, type VqaExample, type VqaFiles } from "./vqa.js";
export type { WebPair } from "./web-pair.js";
export { readWebPairs } from "./web-pairs.js";
