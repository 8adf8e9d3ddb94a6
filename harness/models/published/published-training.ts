import { FILES, readTextFile, toJson } from "../../checkpoints/checkpoint.js";
import { requireFinite } from "../../checkpoints/finite-weights.js";
import { openStoredWeights } from "../../checkpoints/open-stored-weights.js";
import type { ParameterShapes, WeightArray, WeightArrays } from "../../layers/weights.js";
import { serializeTokenizer } from "../../text/tokenizer-file.js";
import type { Trainable } from "../trainable.js";
import { holdWeights, type WeightConstants } from "../weight-constants.js";
import type { PublishedParts } from "./open-published.js";
import { PUBLISHED_FILES } from "./published-files.js";
import type { PublishedModel } from "./published-model.js";

/** How a family of published captioners is fine-tuned. */
export type PublishedTraining = Pick<Trainable, "generation" | "smoothed" | "usual" | "decays" | "sampleNoise">;

/**
 * A published captioner for the house's training: its weights are read from their files when it begins, and its folder is
 * written as it was found, so that other libraries read it, too.
 * @param withConstants the same model with other weights
 */
export function describePublishedTraining(
  { folder, config, network: { shapes, tied } }: PublishedParts,
  training: PublishedTraining,
  model: Pick<PublishedModel, "tokenizer">,
  withConstants: (constants: WeightConstants) => PublishedModel,
): Trainable {
  return {
    ...training,
    get tokenizerText() {
      return serializeTokenizer(model.tokenizer.file);
    },
    weightsFormat: "pt",
    readWeights: () => readWeights(folder, shapes),
    readFiles: () => readFiles(folder, config),
    withWeights: (weights) => withConstants(holdWeights(weights, tied)),
  };
}

async function readWeights(folder: string, shapes: ParameterShapes): Promise<WeightArrays> {
  const stored = await openStoredWeights(folder);
  try {
    const weights: Record<string, WeightArray> = {};
    for (const name of Object.keys(shapes)) {
      weights[name] = await stored.read(name);
      requireFinite(weights[name].data, name, stored.source);
    }
    return weights;
  } finally {
    await stored.close();
  }
}

async function readFiles(folder: string, config: unknown): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of PUBLISHED_FILES) {
    const text = await readTextFile(folder, name);
    if (text !== undefined) files[name] = text;
  }
  const full = inFullPrecision(Object(config));
  return full ? { ...files, [FILES.config]: toJson(full) } : files;
}

/** Names that config.json has for what weights are loaded as. */
const LOADED_AS = ["torch_dtype", "dtype"];

/** The config of weights that would be cut to 16 bits again when they are loaded; undefined for others. */
function inFullPrecision(config: Readonly<Record<string, unknown>>): object | undefined {
  const half = LOADED_AS.filter((name) => typeof config[name] === "string" && config[name] !== "float32");
  return half.length > 0 ? { ...config, ...Object.fromEntries(half.map((name) => [name, "float32"])) } : undefined;
}
