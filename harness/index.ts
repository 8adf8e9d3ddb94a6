/*
 * What reads data, asks models and scores. What computes with tensors (`simvlm/engine`, `simvlm/training`,
 * `simvlm/faithfulness`, the parts of models in `simvlm/models`), and what draws and prints (`simvlm/report`,
 * `simvlm/notebook`, `simvlm/terminal`, `simvlm/toybox`), is loaded by its own name: who does not use it need not wait for
 * it. Its types are here, too.
 */
export { SimvlmError } from "@simvlm/metrics";
export type * from "./attention/faithfulness/index.js";
export * from "./attention/index.js";
export * from "./checkpoints/index.js";
export * from "./compare/index.js";
export * from "./decoding/index.js";
export type * from "./engine/index.js";
export * from "./formats/index.js";
export * from "./images/index.js";
export { listKeys } from "./models/attention-maps.js";
export { createCaptioner } from "./models/captioner.js";
export { checkFamily, defineFamily, groupParts } from "./models/family.js";
export {
  addFamilies,
  createRandomModel,
  findFamily,
  listFamilies,
  listPresets,
  type OpenOptions,
  openCheckpoint,
} from "./models/family-registry.js";
export type * from "./models/index.js";
export { withPreprocessing } from "./models/preprocessing.js";
export { countParameters, initializeWeights, parameterShapes } from "./models/simvlm/parameters.js";
export { asDecoderOnly, gridSide, parseConfig, presets } from "./models/simvlm/simvlm-config.js";
export { withWeights } from "./models/weight-precision.js";
export type * from "./notebook/index.js";
export * from "./plugins/index.js";
export { createRandom, type Random } from "./random.js";
export type * from "./report/index.js";
export * from "./runs/index.js";
export * from "./tasks/index.js";
export type * from "./terminal/index.js";
export * from "./text/index.js";
export type * from "./toybox/index.js";
export type * from "./training/index.js";
