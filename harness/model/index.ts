export { type BatchOptions, buildPrefixBatch, type PrefixBatch, type PrefixExample } from "./batch.js";
export { asDecoderOnly, gridSide, type PresetName, parseConfig, presets, type SimVLMConfig } from "./config.js";
export type { ForwardOptions, ForwardRecord } from "./context.js";
export { type BeamOptions, decodeByBeamSearch } from "./decoding/beam.js";
export { createCompiledDecoder } from "./decoding/compiled.js";
export type { Decoder, DecodingSession, EncodeOptions, HostPrefix } from "./decoding/decoder.js";
export { createEagerDecoder } from "./decoding/eager.js";
export { decodeBySampling, decodeGreedily, type SampleOptions } from "./decoding/left-to-right.js";
export type { Generation, SearchOptions } from "./decoding/options.js";
export { suffixOf } from "./decoding/suffix.js";
export {
  classify,
  type Head,
  type HeadInputs,
  type HeadLoss,
  headLoss,
  headLossAndGradients,
  headShapes,
  initializeAnswerHead,
  parseHead,
} from "./heads.js";
export { initializeWeights } from "./initialize.js";
export type { ModelInputs, PrefixInputs } from "./inputs.js";
export { type LossAndGradients, lossAndGradients, prefixLoss, type TrainingInputs } from "./loss.js";
export { forward, hiddenStates } from "./model.js";
export { type NativeWeights, toNatives } from "./native.js";
export { type Noise, type NoiseRates, type NoiseSizes, sampleNoise } from "./noise.js";
export { countParameters, type ParameterShapes, parameterShapes } from "./parameters.js";
export { resizeWeights } from "./resize.js";
export {
  type HostTensor,
  toArrays,
  toTensors,
  type WeightArray,
  type WeightArrays,
  type Weights,
} from "./weights.js";
