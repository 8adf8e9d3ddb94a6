import type { Weights } from "../../../layers/weights.js";
import { graphSource, packGraphs } from "../../portable/pack-graphs.js";
import type { PortableGraphs, PortableShapes } from "../../portable/portable-model.js";
import type { WeightConstants } from "../../weight-constants.js";
import { cacheShapes } from "../cached-decoding.js";
import { requirePositions } from "../embeddings.js";
import type { ModelInputs } from "../inputs.js";
import { parameterShapes } from "../parameters.js";
import { readLayers } from "../simvlm-attention.js";
import { gridSide, type SimVLMConfig } from "../simvlm-config.js";
import { exportedFunctions, listUsed, mapShapes, prefixSignature, stepSignature } from "./graphs.js";

/**
 * A SimVLM's graphs for one picture: the encoder, a step of all beams, and the attention of a text.
 * @throws SimvlmError `text-too-long` when the model has fewer text positions than asked for; what packing throws
 */
export async function makePortableSimVLM(
  config: SimVLMConfig,
  constants: Pick<WeightConstants, "constants" | "matrices">,
  { beams, promptLength, maxLength }: PortableShapes,
): Promise<PortableGraphs> {
  const before = config.layout === "decoder-only" ? promptLength : 0; // one sequence, one table of positions
  requirePositions(before + maxLength, config);
  const { encode, takeStep } = exportedFunctions(config);
  const weights = mapShapes(parameterShapes(config));
  const prefix = prefixSignature(config, 1, promptLength);
  const { result } = await listUsed(encode, { weights, prefix });
  const step = stepSignature(config, { rows: beams, maxLength }, beams > 1);
  const attend = (all: { weights: Weights; inputs: ModelInputs }) => readLayers(all.weights, all.inputs, config);
  const suffixTokens = { shape: [1, maxLength], dtype: "int32" };
  const sources = {
    encoder: graphSource(encode, { weights, prefix }),
    step: graphSource(takeStep, { weights, ...result, ...step }),
    attention: graphSource(attend, { weights, inputs: { ...prefix, suffixTokens } }),
  };
  return {
    ...(await packGraphs(sources, constants)),
    cache: listCache(config, { beams, maxLength }),
    textPlaces: maxLength,
    maps: { grid: gridSide(config), hasClass: false },
  };
}

function listCache(
  config: SimVLMConfig,
  { beams, maxLength }: Pick<PortableShapes, "beams" | "maxLength">,
): PortableGraphs["cache"] {
  const layers = Object.entries(cacheShapes(config, beams, maxLength));
  return Object.fromEntries(
    layers.flatMap(([name, { keys, values }]) => [
      [`cache/${name}/keys`, keys],
      [`cache/${name}/values`, values],
    ]),
  );
}
