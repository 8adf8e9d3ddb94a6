import type { InferenceSession } from "onnxruntime-node";
import type { MapTree } from "../../../engine/index.js";
import { NativeTensor } from "../../../engine/native-tensor.js";
import { type NativeWeights, toNatives } from "../../../layers/native.js";
import { createRandom } from "../../../random.js";
import { compareOutputs, requireAgreement, toFeeds } from "../../export/compare-outputs.js";
import type { ExportShapes } from "../../vision-language-model.js";
import { cacheShapes, type SuffixCache } from "../cached-decoding.js";
import type { SimVLMConfig } from "../simvlm-config.js";
import { type ExportGraphs, pick } from "./graphs.js";

const STEPS = 3;

/** The exported files, opened by themselves. */
export interface ExportSessions {
  readonly encoder: InferenceSession;
  readonly step: InferenceSession;
}

/**
 * Runs the exported files on random pictures and texts, beside the compiled model.
 * @returns the largest difference of any output
 * @throws SimvlmError `export-differs` when it is above 1e-4
 */
export async function checkExport(
  { encoder, step }: ExportSessions,
  graphs: ExportGraphs,
  weights: NativeWeights,
  config: SimVLMConfig,
  shapes: ExportShapes,
): Promise<number> {
  const prefix = randomPrefix(config, shapes);
  const encoded = await graphs.encoder.run({ weights: pick(weights, graphs.encoderWeights), prefix });
  const exported = await encoder.run(toFeeds({ prefix }));
  let difference = compareOutputs(encoded, exported);

  const random = createRandom(2);
  let cache = emptyCache(config, shapes);
  let ownCache = toFeeds({ cache });
  const memory = encoded.memory;
  for (let position = 0; position < STEPS; position++) {
    const tokens = Int32Array.from({ length: shapes.batch }, () => random.integer(config.vocabularySize));
    const inputs = {
      tokens: NativeTensor.of(tokens, [shapes.batch], "int32"),
      position: NativeTensor.of(Int32Array.of(position), [], "int32"),
    };
    const result = await graphs.step.run({ weights: pick(weights, graphs.stepWeights), memory, cache, step: inputs });
    const own = await step.run({ ...exported, ...ownCache, ...toFeeds({ step: inputs }) });
    difference = Math.max(difference, compareOutputs(result, own));
    cache = result.cache;
    ownCache = Object.fromEntries(Object.keys(ownCache).map((name) => [name, own[`${name}:out`]!]));
  }
  requireAgreement(difference);
  return difference;
}

function randomPrefix({ imageSize, vocabularySize }: SimVLMConfig, { batch, promptLength }: ExportShapes) {
  const random = createRandom(1);
  const shape = [batch, imageSize, imageSize, 3];
  const images = Float32Array.from({ length: batch * imageSize ** 2 * 3 }, () => 2 * random.next() - 1);
  const tokens = Int32Array.from({ length: batch * promptLength }, () => random.integer(vocabularySize));
  // The last place is padding: what hides it is tried, too.
  const mask = Float32Array.from(tokens, (_, i) => (promptLength > 1 && (i + 1) % promptLength === 0 ? 0 : 1));
  return toNatives({
    images: { shape, data: images },
    ...(promptLength > 0 && {
      prefixTokens: { shape: [batch, promptLength], data: tokens },
      prefixMask: { shape: [batch, promptLength], data: mask },
    }),
  });
}

function emptyCache(config: SimVLMConfig, { batch, maxLength }: ExportShapes): MapTree<SuffixCache, NativeTensor> {
  const layers = Object.entries(cacheShapes(config, batch, maxLength)).map(([name, { keys, values }]) => {
    return [name, { keys: NativeTensor.zeros(keys), values: NativeTensor.zeros(values) }] as const;
  });
  return Object.fromEntries(layers);
}
