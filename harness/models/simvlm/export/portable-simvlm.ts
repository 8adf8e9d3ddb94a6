import { compile } from "../../../engine/compile.js";
import type { Weights } from "../../../layers/weights.js";
import { packWeights } from "../../export/pack-weights.js";
import { type PortableGraphs, type PortableShapes, WEIGHTS_FILE } from "../../portable/portable-model.js";
import type { WeightConstants } from "../../weight-constants.js";
import { cacheShapes } from "../cached-decoding.js";
import { requirePositions } from "../embeddings.js";
import type { ModelInputs } from "../inputs.js";
import { parameterShapes } from "../parameters.js";
import { readLayers } from "../simvlm-attention.js";
import { gridSide, type SimVLMConfig } from "../simvlm-config.js";
import { compileGraphs, listUsed, mapShapes, pick, prefixSignature, WEIGHTS } from "./graphs.js";

/**
 * A SimVLM's graphs for one picture: the encoder, a step of all beams, and the attention of a text. The weights of all
 * three lie in one file, in the precision in which they are stored.
 * @throws SimvlmError `text-too-long` when the model has fewer text positions than asked for
 */
export async function makePortable(
  config: SimVLMConfig,
  { constants }: WeightConstants,
  shapes: PortableShapes,
): Promise<PortableGraphs> {
  const before = config.layout === "decoder-only" ? shapes.promptLength : 0; // one sequence, one table of positions
  requirePositions(before + shapes.maxLength, config);
  const { encoder, step, encoderWeights, stepWeights } = await compileGraphs(config, { batch: 1, ...shapes }, {});
  const attention = await compileAttention(config, shapes);
  try {
    const { bytes, external } = await packWeights(ownOf(constants, config), WEIGHTS_FILE);
    const places = (names: readonly string[]) => ({
      external: pick(
        external,
        names.map((name) => `${WEIGHTS}${name}`),
      ),
    });
    return {
      graphs: {
        encoder: encoder.toOnnx(places(encoderWeights)),
        step: step.toOnnx(places(stepWeights)),
        attention: attention.compiled.toOnnx(places(attention.weights)),
      },
      weights: bytes,
      cache: listCache(config, shapes),
      grid: gridSide(config),
    };
  } finally {
    await Promise.all([encoder.dispose(), step.dispose(), attention.compiled.dispose()]);
  }
}

async function compileAttention(config: SimVLMConfig, { promptLength, maxLength }: PortableShapes) {
  const read = (all: { weights: Weights; inputs: ModelInputs }) => readLayers(all.weights, all.inputs, config);
  const all = mapShapes(parameterShapes(config));
  const suffixTokens = { shape: [1, maxLength], dtype: "int32" };
  const inputs = { ...prefixSignature(config, 1, promptLength), suffixTokens };
  const { weights } = await listUsed(read, { weights: all, inputs });
  return { weights, compiled: await compile(read, { weights: pick(all, weights), inputs }) };
}

/** The model's own weights without those of a head. */
function ownOf(constants: WeightConstants["constants"], config: SimVLMConfig): WeightConstants["constants"] {
  return pick(
    constants,
    Object.keys(parameterShapes(config)).map((name) => `${WEIGHTS}${name}`),
  );
}

function listCache(config: SimVLMConfig, { beams, maxLength }: PortableShapes): PortableGraphs["cache"] {
  const layers = Object.entries(cacheShapes(config, beams, maxLength));
  return Object.fromEntries(
    layers.flatMap(([name, { keys, values }]) => [
      [`cache/${name}/keys`, keys],
      [`cache/${name}/values`, values],
    ]),
  );
}
