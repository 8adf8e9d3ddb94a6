export { type BeamOptions, decodeByBeamSearch } from "../decoding/beam.js";
export type { Decoder, DecodingSession, EncodeOptions, HostPrefix } from "../decoding/decoder.js";
export { decodeBySampling, decodeGreedily, type SampleOptions } from "../decoding/left-to-right.js";
export type { Generation, SearchOptions } from "../decoding/options.js";
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
export { type BatchOptions, buildPrefixBatch, type PrefixBatch, type PrefixExample } from "./simvlm/batch.js";
export { createCompiledDecoder } from "./simvlm/compiled-decoder.js";
export { asDecoderOnly, gridSide, type PresetName, parseConfig, presets, type SimVLMConfig } from "./simvlm/config.js";
export type { ForwardOptions, ForwardRecord } from "./simvlm/context.js";
export { createEagerDecoder } from "./simvlm/eager-decoder.js";
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
} from "./simvlm/heads.js";
export type { ModelInputs, PrefixInputs } from "./simvlm/inputs.js";
export { type LossAndGradients, lossAndGradients, prefixLoss, type TrainingInputs } from "./simvlm/loss.js";
export { forward, hiddenStates } from "./simvlm/model.js";
export { type Noise, type NoiseRates, type NoiseSizes, sampleNoise } from "./simvlm/noise.js";
export { countParameters, initializeWeights, parameterShapes } from "./simvlm/parameters.js";
export { resizeWeights } from "./simvlm/resize.js";
