/* Everything that the parts export. It is what a notebook calls `simvlm`; a program names the parts that it uses. */
export * from "@simvlm/metrics";
export * from "./attention/faithfulness/index.js";
export * from "./attention/index.js";
export * from "./checkpoints/index.js";
export * from "./compare/index.js";
export * from "./decoding/index.js";
export * from "./engine/index.js";
export type { CaptionOptions } from "./formats/index.js"; // the metrics have another
export * from "./formats/index.js";
export * from "./images/index.js";
export * from "./models/index.js";
export * from "./notebook/index.js";
export * from "./plugins/index.js";
export { createRandom, type Random } from "./random.js";
export * from "./report/index.js";
export * from "./runs/index.js";
export * from "./study/index.js";
export * from "./tasks/index.js";
export * from "./terminal/index.js";
export * from "./text/index.js";
export * from "./toybox/index.js";
export * from "./training/index.js";
