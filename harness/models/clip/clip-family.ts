import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { FILES, readConfig } from "../../checkpoints/checkpoint.js";
import type { ParameterShapes } from "../../layers/weights.js";
import { defineFamily, groupParts, type ModelSummary } from "../family.js";
import { listFacts } from "../published/model-facts.js";
import { PUBLISHED_FILES, partOf } from "../published/published-files.js";
import { parseClipConfig } from "./clip-config.js";

/** CLIP as the registry has it: it says how well a picture and a text fit, and says nothing itself. */
export const clipFamily = defineFamily({
  name: "clip",
  title: "CLIP",
  recognizes: ({ model_type }) => model_type === "clip",
  files: PUBLISHED_FILES,
  heads: false,
  weightNames: async (folder) => Object.keys(await readShapes(folder)),
  async open(folder) {
    throw new SimvlmError(
      "no-captioner",
      `${folder} is a CLIP, which scores how well captions fit pictures and writes none. Name a captioner's folder.`,
    );
  },
  async summarize(folder): Promise<ModelSummary> {
    const { openClip } = await import("./clip-model.js");
    const shapes = await readShapes(folder);
    const config = (await readConfig(folder)) as ModelSummary["config"];
    return { config, parts: groupParts(shapes, partOf), facts: listFacts(await openClip(folder)) };
  },
  tellSize(config) {
    const { vision, text } = parseClipConfig(config, "clip");
    return `width ${vision.width} and ${text.width}, ${vision.layers} and ${text.layers} layers`;
  },
});

async function readShapes(folder: string): Promise<ParameterShapes> {
  const { clipShapes } = await import("./clip-network.js");
  return clipShapes(parseClipConfig(await readConfig(folder), join(folder, FILES.config)));
}
