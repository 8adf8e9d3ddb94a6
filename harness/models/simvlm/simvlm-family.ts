import { FILES } from "../../checkpoints/checkpoint.js";
import { defineFamily, groupParts, type ModelPart, type ModelPreset } from "../family.js";
import { parameterShapes } from "./parameters.js";
import { presets, type SimVLMConfig } from "./simvlm-config.js";

/**
 * SimVLM as the registry has it: recognised by `layout`, which only our configs have. The network and the engine are
 * loaded when a model is opened, so that a list of the families costs nothing.
 */
export const simvlmFamily = defineFamily({
  name: "simvlm",
  title: "SimVLM",
  recognizes: (config) => "layout" in config,
  files: [FILES.config, FILES.weights, FILES.tokenizer, FILES.head, FILES.recipe],
  open: async (folder) => (await import("./open.js")).openSimVLM(folder),
  async summarize(folder) {
    const { checkCheckpoint, checkpointShapes } = await import("./simvlm-checkpoint.js");
    const { config, head } = await checkCheckpoint(folder);
    return { config: { ...config }, head, parts: listParts(checkpointShapes(config, head)) };
  },
  tellSize: ({ width, encoderLayers, decoderLayers }) => `width ${width}, ${encoderLayers} + ${decoderLayers} layers`,
  presets: Object.fromEntries(Object.entries(presets).map(([name, config]) => [name, toPreset(name, config)])),
});

function toPreset(name: string, config: SimVLMConfig): ModelPreset {
  return {
    vocabularySize: config.vocabularySize,
    summarize: () => ({ config: { ...config }, parts: listParts(parameterShapes(config)) }),
    create: async (random, options) =>
      (await import("./open.js")).createFreshSimVLM(config, random, { source: name, ...options }),
  };
}

/** Of `encoder.3.mlp.input.kernel` the part is `encoder.* mlp`, of `image.stages.0.2.reduce.kernel` `image.stages.0`. */
const PART = /^(?:(?:encoder|decoder)\.\d+\.\w+|image\.stages\.\d+|\w+\.\w+)/;

function listParts(shapes: Readonly<Record<string, readonly number[]>>): ModelPart[] {
  return groupParts(shapes, (weight) => PART.exec(weight)![0].replace(/^(encoder|decoder)\.\d+/, "$1.*"));
}
