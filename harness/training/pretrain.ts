import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashWeights } from "../checkpoints/hash.js";
import { readWebPairs } from "../formats/web-pairs.js";
import type { WeightArrays } from "../layers/weights.js";
import type { SimVLMConfig } from "../models/simvlm/config.js";
import { initializeWeights } from "../models/simvlm/parameters.js";
import { createRandom } from "../random.js";
import type { Tokenizer } from "../text/index.js";
import { prefixObjective } from "./objective.js";
import { openPretrainingBatches, type PretrainingData } from "./pretraining-batches.js";
import { runTraining, type TrainingOptions } from "./run.js";
import { createSampler } from "./sampler.js";
import { openSession } from "./session.js";

/** All that the weights depend on besides the data. */
export interface PretrainingRecipe {
  readonly steps: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly pairs: number;
  readonly documents: number;
  readonly accumulate: number;
  readonly prefixLength: number;
  readonly suffixLength: number;
  readonly wholeSuffix: number;
  /** See `PretrainingBatchOptions`. */
  readonly longestText?: number | undefined;
  readonly minCrop: number;
  readonly clipNorm: number;
  readonly weightDecay: number;
  readonly maxFaultRate: number;
}

export const PRETRAINING_DEFAULTS: Omit<PretrainingRecipe, "steps"> = {
  seed: 1,
  learningRate: 6e-4,
  pairs: 20,
  documents: 4,
  accumulate: 1,
  prefixLength: 16,
  suffixLength: 20,
  wholeSuffix: 0.5,
  minCrop: 0.85,
  clipNorm: 1,
  weightDecay: 0.01,
  maxFaultRate: 0.01,
};

export interface StartingModel {
  readonly config: SimVLMConfig;
  readonly tokenizer: Tokenizer;
  /** The text of its `tokenizer.json`. */
  readonly tokenizerFile: string;
  /** Absent: fresh weights. */
  readonly weights?: WeightArrays;
}

const BUFFER = 2000;
/** Pictures that are captioned to see what was learnt. */
const SAMPLES = 4;

/**
 * Pretrains on noisy pairs and documents (paper §3, §4.1) and leaves `out/checkpoint`; called again after it was stopped
 * it goes on, to the same weights bit for bit.
 * @returns whether it is finished; not if it was aborted
 * @throws SimvlmError see `openSession`, `openPretrainingBatches`, `runLoop`
 */
export async function pretrain(
  out: string,
  model: StartingModel,
  data: PretrainingData & { readonly validation: readonly string[] },
  recipe: PretrainingRecipe,
  options: TrainingOptions,
): Promise<boolean> {
  const { config, tokenizer, tokenizerFile } = model;
  const random = createRandom(recipe.seed);
  const { pairs, documents } = data;
  const session = await openSession(
    out,
    {
      kind: "pretraining",
      ...recipe,
      config,
      data: { pairs, documents },
      ...(model.weights && { start: hashWeights(model.weights) }),
    },
    { config, tokenizer: tokenizerFile },
  );
  const sample = await createSampler({ config, tokenizer }, await firstPairs(data.validation));
  return runTraining(
    session,
    {
      objective: prefixObjective(config),
      weights: model.weights ?? initializeWeights(config, random.fork("weights")),
      recipe,
      openBatches: (onFault, position) => {
        const batches = { ...recipe, config, tokenizer, random: random.fork("batches"), bufferSize: BUFFER, onFault };
        return openPretrainingBatches(data, batches, position);
      },
      sample,
    },
    options,
  );
}

async function firstPairs(shards: readonly string[]) {
  const pairs = [];
  for (const shard of shards.slice(0, 1)) {
    for await (const pair of readWebPairs(shard, () => {})) {
      pairs.push({ name: pair.id, bytes: pair.image, text: pair.text });
      if (pairs.length === SAMPLES) break;
    }
  }
  return pairs;
}

/**
 * The shards of a split in a folder.
 * @throws SimvlmError `no-shards`
 */
export async function listShards(folder: string, pattern: RegExp, what: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: Error) => {
    throw new SimvlmError("missing-file", `${folder} cannot be read: ${cause.message}. Check the path.`, { cause });
  });
  const found = names.filter((name) => pattern.test(name)).sort();
  if (found.length > 0) return found.map((name) => join(folder, name));
  throw new SimvlmError("no-shards", `${folder} has no ${what}.`);
}
