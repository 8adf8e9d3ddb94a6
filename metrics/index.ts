export {
  createMetricInput,
  defineMetric,
  evaluateMetric,
  type MetricDefinition,
  type MetricExample,
  type MetricInput,
  type MetricNeed,
  type MetricOptions,
  type SignatureFields,
} from "./definition.js";
export { SimvlmError } from "./error.js";
export { type Group, type GroupResults, groupExamples, selectGroups } from "./groups.js";
export {
  formatSignature,
  type MetricResult,
  meanResult,
  type Statistics,
  scoreEachExample,
  selectExamples,
  sumStatistics,
  VERSION,
} from "./metric.js";
export type { ClassificationResult, Nlvr2Label } from "./scores/accuracy.js";
export { classificationAccuracy, nlvr2 } from "./scores/accuracy.js";
export { BLEU_NAMES, type BleuName, bleu, scoreBleu } from "./scores/bleu.js";
export { type CaptionOptions, type CaptionTokenizer, prepareCaptions } from "./scores/captions.js";
export { type CiderOptions, type CiderVariant, cider, documentFrequencies, scoreCider } from "./scores/cider.js";
export {
  type CiderContribution,
  type CiderExplanation,
  type ExplainCiderOptions,
  explainCider,
} from "./scores/cider-explain.js";
export type { Corpus } from "./scores/corpus.js";
export type { DocumentFrequencyTable } from "./scores/document-frequency.js";
export { type NgramsOfOrder, numberNgrams } from "./scores/ngrams.js";
export { rougeL, scoreRougeL } from "./scores/rouge.js";
export { type SacreBleuOptions, type SacreBleuTokenizer, sacreBleu } from "./scores/sacrebleu.js";
export { type AnsweredQuestion, type HumanAnswer, type VqaResult, vqaAccuracy } from "./scores/vqa.js";
export { bootstrap, type Interval, RESAMPLING_DEFAULTS, type ResamplingOptions } from "./statistics/bootstrap.js";
export {
  type BootstrapDifference,
  type McNemarTest,
  mcNemar,
  type PairedDifference,
  pairedBootstrap,
  pairedPermutation,
} from "./statistics/paired.js";
export { createRandomSource, type RandomSource, xoshiro128 } from "./statistics/random.js";
export { normalizeAnswer } from "./text/answer.js";
export { hasLineBreak, ptbLex, ptbTokenize } from "./text/ptb.js";
export { tokenize13a, tokenizeInternational } from "./text/thirteen-a.js";
