export {
  assembleTokenizer,
  type DecodeOptions as DecodeTextOptions,
  type Tokenizer,
  type TokenizerParts,
} from "./assemble-tokenizer.js";
export { createTokenizer, loadTokenizer } from "./load-tokenizer.js";
export type { PretrainedParts } from "./pretrained/build-pretrained.js";
export { loadPretrainedTokenizer, type PretrainedTokenizerOptions } from "./pretrained-tokenizer.js";
export {
  type ScoredPiece,
  saveTokenizer,
  serializeTokenizer,
  type TokenizerFile,
  type UnigramFile,
} from "./tokenizer-file.js";
export {
  type TrainedTokenizer,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingReport,
  trainTokenizer,
} from "./training/train.js";
export { trainTokenizerFiles } from "./training/train-files.js";
export type { WordSpan } from "./word-spans.js";
