export {
  createTokenizer,
  type DecodeOptions as DecodeTextOptions,
  loadTokenizer,
  type Tokenizer,
  type WordSpan,
} from "./tokenizer.js";
export { type ScoredPiece, saveTokenizer, serializeTokenizer, type TokenizerFile } from "./tokenizer-file.js";
export {
  type TrainedTokenizer,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingReport,
  trainTokenizer,
} from "./training/train.js";
export { trainTokenizerFiles } from "./training/train-files.js";
