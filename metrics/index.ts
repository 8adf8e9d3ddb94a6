export { checkMetric, isName, isTitle } from "./check-metric.js";
export { type Counting, countResult } from "./counts.js";
export {
  defineMeanMetric,
  defineMetric,
  type MeanMetric,
  type MetricDefinition,
  type SignatureFields,
} from "./definition.js";
export { DIALECTS, type Dialect, inDialect } from "./dialect.js";
export { SimvlmError } from "./error.js";
export { evaluateMetric, evaluateMetrics, evaluatePrepared } from "./evaluate.js";
export {
  type AlignedSpan,
  type AlignmentLink,
  type AlignmentPart,
  type Explanation,
  type ExplanationPart,
  explanationOf,
  type MarkedTextPart,
  type NotePart,
  type TermsPart,
  type TextMark,
  type TupleSide,
  type TuplesPart,
  type Verdict,
} from "./explanation.js";
export { type Group, type GroupResults, groupExamples, selectGroups } from "./groups.js";
export {
  createMetricInput,
  type HumanAnswer,
  METRIC_NEEDS,
  type MetricExample,
  type MetricInput,
  type MetricNeed,
  type MetricOptions,
  type SharedResults,
} from "./input.js";
export {
  createResult,
  type Evaluation,
  formatSignature,
  type MetricResult,
  meanResult,
  type Scoring,
  type Statistics,
  scoreEachExample,
  selectExamples,
  sumStatistics,
  VERSION,
} from "./metric.js";
export { addMetrics, findMetric, listMetrics, METRICS } from "./metric-registry.js";
export type { BlocksRequest, CaptionCounts, CountPiece, OrderRequest, PartOfBlocks } from "./parallel/caption-work.js";
export { countCaptions } from "./parallel/count-captions.js";
export { THREAD_WORK, type ThreadHelper, type ThreadWork } from "./parallel/thread-work.js";
export {
  accuracyMetric,
  type ClassificationResult,
  type Confusion,
  classificationAccuracy,
} from "./scores/accuracy.js";
export { anlsMetrics, answerSimilarity } from "./scores/anls.js";
export { BLEU_NAMES, type BleuName, bleu, bleuMetric, scoreBleu } from "./scores/bleu.js";
export type { Corpus, CorpusLines } from "./scores/caption-corpus.js";
export { chairMetric, chairMetrics, explainChair, type ObjectClaims } from "./scores/chair/chair.js";
export { COCO_OBJECTS } from "./scores/chair/coco-objects.js";
export {
  findMentions,
  type Mention,
  type ObjectWords,
  type PlacedMention,
  parseObjectWords,
  placeMentions,
} from "./scores/chair/object-words.js";
export { choicePairsMetric } from "./scores/choice-pairs.js";
export {
  type CiderOptions,
  type CiderVariant,
  cider,
  ciderMetric,
  documentFrequencies,
  scoreCider,
} from "./scores/cider.js";
export type { CiderContribution } from "./scores/cider-contributions.js";
export { type CiderExplanation, type ExplainCiderOptions, explainCider } from "./scores/cider-explain.js";
export {
  CLIP_PROMPT,
  CLIP_WEIGHT,
  clipScore,
  clipScoreMetric,
  refClipScore,
  refClipScoreMetric,
} from "./scores/clip/clip-score.js";
export type { ClipCompareOptions, ClipComparison, ClipResources, ClipSimilarity } from "./scores/clip/resources.js";
export { type CaptionStatistics, captionStatistics } from "./scores/diversity/caption-statistics.js";
export { distinctMetric, distinctShare } from "./scores/diversity/distinct.js";
export { mutualBleu, mutualBleuMetric } from "./scores/diversity/mutual-bleu.js";
export { selfCider, selfCiderMetric } from "./scores/diversity/self-cider.js";
export type { DocumentFrequencyTable } from "./scores/document-frequency.js";
export { type MeteorOptions, meteor, meteorMetric, scoreMeteor } from "./scores/meteor/meteor.js";
export type { Prefixes } from "./scores/meteor/normalize.js";
export type { MeteorResources, ParaphraseTable } from "./scores/meteor/resources.js";
export { type ChoiceDialect, choiceLetter, multipleChoiceMetrics, readChoice } from "./scores/multiple-choice.js";
export { MAX_ORDER, type NgramsOfOrder, numberNgrams } from "./scores/ngrams.js";
export { type Nlvr2Label, type Nlvr2Name, nlvr2, nlvr2Metric } from "./scores/nlvr2-scores.js";
export { type PopeAnswer, popeMetrics, readPopeAnswer } from "./scores/pope.js";
export {
  type CaptionOptions,
  type CaptionTokenizer,
  captionCorpus,
  captionNgrams,
  prepareCaptions,
} from "./scores/prepare-captions.js";
export { isRoughly, relaxedAccuracyMetric } from "./scores/relaxed-accuracy.js";
export { type OverlapCorpus, rougeL, rougeMetric, scoreRougeL } from "./scores/rouge.js";
export { type SacreBleuOptions, type SacreBleuTokenizer, sacreBleu, sacreBleuMetric } from "./scores/sacrebleu.js";
export {
  SPICE_CATEGORIES,
  type SpiceCategory,
  type SpiceJudgement,
  type SpiceQuestion,
  type SpiceResources,
  type SpiceTuple,
} from "./scores/spice/judgement.js";
export { explainSpice, type SpiceSummary, spiceMetric, spiceQuestions } from "./scores/spice/spice.js";
export { type AnsweredQuestion, type VqaResult, vqaAccuracy, vqaAccuracyMetric } from "./scores/vqa-accuracy.js";
export {
  type Agreement,
  type AgreementDifference,
  type AgreementRow,
  COEFFICIENTS,
  type Coefficient,
  type Judged,
  measureAgreement,
  type Preference,
} from "./statistics/agreement.js";
export { bootstrap, bootstrapAll, type Interval } from "./statistics/bootstrap.js";
export { symmetricEigenvalues } from "./statistics/eigenvalues.js";
export { hierarchicalBootstrap, pairedHierarchicalBootstrap, type SeedResults } from "./statistics/hierarchical.js";
export { holm } from "./statistics/holm.js";
export { type McNemarTest, mcNemar } from "./statistics/mcnemar.js";
export {
  type BootstrapDifference,
  type BootstrapTest,
  type Pair,
  type PairedBootstrapOptions,
  type PairedDifference,
  pairedBootstrap,
  pairedBootstrapAll,
} from "./statistics/paired.js";
export { pairedPermutation, pairedPermutationAll } from "./statistics/permutation.js";
export { createRandomSource, type RandomSource, xoshiro128 } from "./statistics/random-source.js";
export { correlateRanks, type RankCorrelations, type Ranked, rank } from "./statistics/rank-correlation.js";
export {
  type DrawRequest,
  RESAMPLING_DEFAULTS,
  type ResamplingOptions,
  resampleAhead,
} from "./statistics/resampling.js";
export { normalizeAnswer } from "./text/answer.js";
export type { CaptionBlock } from "./text/ptb/caption-blocks.js";
export { hasLineBreak, ptbLex, ptbTokenize, ptbTokenizeAll } from "./text/ptb.js";
export { tokenize13a, tokenizeInternational } from "./text/thirteen-a.js";
export type { TokenLines } from "./text/token-lines.js";
