export { decodeByBeamSearch } from "../decoding/beam.js";
export type { BeamOptions } from "../decoding/beams.js";
export type { BestTokens, Decoder, DecodingSession, EncodeOptions } from "../decoding/decoder.js";
export { decodeBySampling, decodeGreedily, type SampleOptions } from "../decoding/left-to-right.js";
export type { Generation, SearchOptions } from "../decoding/search-options.js";
export { suffixOf } from "../decoding/suffix.js";
export { type NativeWeights, toNatives } from "../layers/native.js";
export {
  type HostTensor,
  type ParameterShapes,
  toArrays,
  toTensors,
  type WeightArray,
  type WeightArrays,
  type Weights,
} from "../layers/weights.js";
export {
  type AttentionKey,
  type AttentionMaps,
  type AttentionRecord,
  countKeys,
  countKinds,
  type KeyCounts,
  listKeys,
  type SaidText,
  type SelfAttention,
} from "./attention-maps.js";
export { type Caption, type Captioner, type CaptionerOptions, createCaptioner } from "./captioner.js";
export type { ClipConfig, ClipTextConfig } from "./clip/clip-config.js";
export { type ClipModel, openClip } from "./clip/clip-model.js";
export {
  checkFamily,
  defineFamily,
  type FamilyDefinition,
  groupParts,
  type ModelPart,
  type ModelPreset,
  type ModelSummary,
  type PresetOptions,
} from "./family.js";
export {
  addFamilies,
  createRandomModel,
  findFamily,
  listFamilies,
  listPresets,
  type OpenOptions,
  openCheckpoint,
  type RandomModelOptions,
} from "./family-registry.js";
export { prefixLoss } from "./losses.js";
export { withPreprocessing } from "./preprocessing.js";
export type { CaptionNetwork, GivenText, Question } from "./published/caption-network.js";
export type { PublishedModel } from "./published/published-model.js";
export { recordStates } from "./published/states.js";
export {
  type BatchOptions,
  buildPrefixBatch,
  type HostPrefix,
  type PrefixBatch,
  type PrefixExample,
} from "./simvlm/batch.js";
export { createCompiledDecoder } from "./simvlm/compiled-decoder.js";
export type { ForwardOptions, ForwardRecord } from "./simvlm/context.js";
export { createEagerDecoder } from "./simvlm/eager-decoder.js";
export type { ExportInterface } from "./simvlm/export/describe-interface.js";
export { exportModel } from "./simvlm/export/export-simvlm.js";
export {
  classify,
  type Head,
  type HeadInputs,
  headLoss,
  headLossAndGradients,
  headShapes,
  initializeAnswerHead,
  parseHead,
} from "./simvlm/heads.js";
export type { ModelInputs, PrefixInputs } from "./simvlm/inputs.js";
export { lossAndGradients, type TrainingInputs } from "./simvlm/loss.js";
export { forward, hiddenStates } from "./simvlm/model.js";
export { type Noise, sampleNoise } from "./simvlm/noise.js";
export { openSimVLM } from "./simvlm/open.js";
export { countParameters, initializeWeights, parameterShapes } from "./simvlm/parameters.js";
export { batchPrefixes } from "./simvlm/prefix-batch.js";
export { resizeWeights } from "./simvlm/resize-weights.js";
export { CAPTION_PROMPTS, createSimVLM, type SimVLM, type SimVLMParts } from "./simvlm/simvlm.js";
export {
  type Checkpoint,
  checkCheckpoint,
  type LoadOptions as LoadCheckpointOptions,
  loadCheckpoint,
  readCheckpointConfig,
  saveCheckpoint,
} from "./simvlm/simvlm-checkpoint.js";
export {
  asDecoderOnly,
  gridSide,
  type PresetName,
  parseConfig,
  presets,
  type SimVLMConfig,
} from "./simvlm/simvlm-config.js";
export type { Condition, ScoringOptions, TextScorer } from "./text-scorer.js";
export type {
  AnsweredExample,
  ClassificationLoss,
  ClassifiedExample,
  HostBatch,
  LossAndGradients,
  NoiseRates,
  NoiseSizes,
  Objective,
  PretrainingPlaces,
  TensorBatch,
  TextCut,
  Trainable,
  WebExample,
  WeighedBatch,
} from "./trainable.js";
export {
  type CheckFinding,
  type Classifier,
  type ClassifierExample,
  type ClassifierHead,
  type Execution,
  type ModelCheck,
  type ModelExample,
  type Prompting,
  type TextPlaces,
  usualPrompt,
  type VisionLanguageModel,
} from "./vision-language-model.js";
export type { WeightConstants } from "./weight-constants.js";
export { EIGHT_BITS, WEIGHT_PRECISIONS, withWeights } from "./weight-precision.js";
