import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { FILES, readConfig } from "../../checkpoints/checkpoint.js";
import { defineFamily, groupParts, type ModelSummary } from "../family.js";
import { PUBLISHED_FILES, partOf } from "../published/published-files.js";
import { parseClipConfig } from "./clip-config.js";

/** CLIP as the registry has it: it says how well a picture and a text fit, and says nothing itself. */
export const clipFamily = defineFamily({
  name: "clip",
  title: "CLIP",
  recognizes: ({ model_type }) => model_type === "clip",
  files: PUBLISHED_FILES,
  async weightNames(folder) {
    const { clipShapes } = await import("./clip-network.js");
    return Object.keys(clipShapes(parseClipConfig(await readConfig(folder), join(folder, FILES.config))));
  },
  async open(folder) {
    throw new SimvlmError(
      "no-captioner",
      `${folder} is a CLIP, which scores how well captions fit pictures and writes none. Name a captioner's folder.`,
    );
  },
  async summarize(folder): Promise<ModelSummary> {
    const config = await readConfig(folder);
    const { clipShapes } = await import("./clip-network.js");
    const { CLIP_IGNORED } = await import("./clip-model.js");
    const { checkPublished } = await import("../published/published-model.js");
    const shapes = clipShapes(parseClipConfig(config, join(folder, FILES.config)));
    await checkPublished(folder, shapes, CLIP_IGNORED);
    return { config: config as ModelSummary["config"], parts: groupParts(shapes, partOf) };
  },
  tellSize(config) {
    const { vision, text } = parseClipConfig(config, "clip");
    return `width ${vision.width} and ${text.width}, ${vision.layers} and ${text.layers} layers`;
  },
});
