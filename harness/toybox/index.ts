export {
  addFactCounts,
  compareFacts,
  FACT_TYPES,
  type FactAccuracy,
  type FactCounts,
  type FactType,
} from "./fact-accuracy.js";
export { readFacts } from "./facts-file.js";
export { type GenerateOptions, generateToybox } from "./generate.js";
export { parseFacts } from "./parse-facts.js";
export type { PlanOptions } from "./plan.js";
export { HELD_OUT_ANSWERS } from "./questions/answers.js";
export { DATA_SETS, type DataSet, SCALES, type Scale } from "./sizes.js";
export { drawToybox, type TemporaryToyboxOptions } from "./temporary.js";
export { type Facts, sceneFacts } from "./world/facts.js";
export { SPLITS, type Split } from "./world/scene.js";
