import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "../../checkpoints/safetensors.js";
import { sizeOf } from "../../engine/trace/graph.js";
import type { WeightArray, WeightArrays } from "../../layers/weights.js";
import { buildPrefixBatch, type PrefixBatch, type PrefixExample } from "../../models/simvlm/batch.js";
import { parameterShapes } from "../../models/simvlm/parameters.js";
import { presets, type SimVLMConfig } from "../../models/simvlm/simvlm-config.js";
import { createRandom, type Random } from "../../random.js";
import { SETTINGS, type Work } from "./work.js";

const SEED = 1;
/** Normal deviates drawn once; every weight is made of runs of them, which is much faster than drawing each. */
const POOL = 1 << 18;
const EMBEDDING_DEVIATION = 0.02;

export interface WorkInputs {
  readonly config: SimVLMConfig;
  readonly weights: WeightArrays;
  readonly batch: Required<PrefixBatch>;
}

/** Random weights and a random batch of full texts, the same at every call. */
export function makeInputs(work: Work): WorkInputs {
  const config = presets[work.preset];
  const random = createRandom(SEED);
  const { start, end } = SETTINGS;
  const text = (length: number) => Array.from({ length }, () => 2 + random.integer(config.vocabularySize - 2));
  const examples = Array.from({ length: work.batch }, (): PrefixExample => {
    const image = Float32Array.from({ length: config.imageSize ** 2 * 3 }, () => random.normal());
    return { image, prefix: text(work.prefixLength), suffix: text(work.suffixLength - 1) };
  });
  const { imageSize } = config;
  const { prefixLength, suffixLength } = work;
  const batch = buildPrefixBatch(
    examples,
    { imageSize, prefixLength, suffixLength, start, end, pad: end },
    random.fork("cut"),
  );
  return { config, weights: makeWeights(config, random.fork("weights")), batch: batch as Required<PrefixBatch> };
}

/** Weights of about the size that fresh ones have, none of them zero: so every one matters to the result. */
export function makeWeights(config: SimVLMConfig, random: Random): WeightArrays {
  const pool = Float32Array.from({ length: POOL }, () => random.normal());
  const entries = Object.entries(parameterShapes(config)).map(([name, shape]): [string, WeightArray] => {
    const data = new Float32Array(sizeOf(shape));
    const isKernel = name.endsWith(".kernel");
    const fanIn = sizeOf(shape.length === 4 ? shape.slice(1) : shape.slice(0, -1));
    const deviation = isKernel ? Math.sqrt(1 / fanIn) : EMBEDDING_DEVIATION;
    const level = name.endsWith("norm.scale") ? 1 : 0;
    for (let begin = 0; begin < data.length; begin += POOL / 2) {
      const offset = random.integer(POOL / 2);
      const end = Math.min(begin + POOL / 2, data.length);
      for (let i = begin; i < end; i++) data[i] = level + deviation * pool[offset + i - begin]!;
    }
    return [name, { shape, data }];
  });
  return Object.fromEntries(entries);
}

/** Writes what the peer in Python reads. Tokens become float32 there: they are small integers. */
export async function exportInputs(folder: string, { config, weights, batch }: WorkInputs): Promise<void> {
  await writeFile(join(folder, "settings.json"), JSON.stringify({ config, ...SETTINGS }));
  await writeSafetensors(join(folder, "weights.safetensors"), weights);
  const floats = Object.entries(batch).map(([name, { shape, data }]): [string, WeightArray] => {
    return [name, { shape, data: Float32Array.from(data) }];
  });
  await writeSafetensors(join(folder, "batch.safetensors"), Object.fromEntries(floats));
}
