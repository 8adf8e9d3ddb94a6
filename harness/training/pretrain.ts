import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import type { StoredType } from "../checkpoints/index.js";
import { readWebPairs } from "../datasets/web-pairs.js";
import type { Provider } from "../engine/index.js";
import type { SimVLMConfig } from "../model/config.js";
import { initializeWeights } from "../model/initialize.js";
import type { WeightArrays } from "../model/weights.js";
import { createRandom } from "../random.js";
import type { Tokenizer } from "../text/index.js";
import { runLoop, type StepReport } from "./loop.js";
import { prefixObjective } from "./objective.js";
import { openPretrainingBatches, type PretrainingData } from "./pretraining-batches.js";
import { createSampler } from "./sampler.js";
import { openSession } from "./session.js";
import { Trainer } from "./trainer.js";

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
  readonly minCrop: number;
  readonly clipNorm: number;
  readonly weightDecay: number;
  readonly maxFaultRate: number;
}

export const PRETRAINING_DEFAULTS: Omit<PretrainingRecipe, "steps"> = {
  seed: 1,
  learningRate: 1e-3,
  pairs: 72,
  documents: 24,
  accumulate: 1,
  prefixLength: 32,
  suffixLength: 32,
  minCrop: 0.85,
  clipNorm: 1,
  weightDecay: 0.01,
  maxFaultRate: 0.01,
};

export interface TrainingOptions {
  readonly provider?: Provider;
  readonly threads?: number;
  readonly reportEvery: number;
  readonly checkpointEvery: number;
  readonly validateEvery: number;
  /** How the finished checkpoint is stored. */
  readonly dtype: StoredType;
  readonly signal: AbortSignal;
  readonly onReport: (report: StepReport) => void;
  /** Something for the user to read: a fault, a sample. */
  readonly onMessage: (message: string) => void;
}

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
    { kind: "pretraining", ...recipe, config, data: { pairs, documents } },
    { config, tokenizer: tokenizerFile },
  );
  const { resumed, log } = session;
  const start = resumed?.arrays ?? { weights: model.weights ?? initializeWeights(config, random.fork("weights")) };
  const { clipNorm, weightDecay } = recipe;
  const { provider, threads } = options;
  const execution = { ...(provider && { provider }), ...(threads && { threads }) };
  const trainer = new Trainer(prefixObjective(config), start, { clipNorm, weightDecay, ...execution });
  let step = resumed?.progress.step ?? 0;
  const onFault = (where: string, problem: string) => {
    void log.append({ type: "fault", step, where, problem });
    options.onMessage(`passed over: ${where}: ${problem}`);
  };
  const source = await openPretrainingBatches(
    data,
    { ...recipe, config, tokenizer, random: random.fork("batches"), bufferSize: BUFFER, onFault },
    resumed?.progress.position,
  );
  const sampler = await createSampler({ config, tokenizer }, await firstPairs(data.validation));
  try {
    const progress = await runLoop(resumed?.progress ?? { step: 0, position: undefined }, {
      ...options,
      trainer,
      source,
      log,
      schedule: { peak: recipe.learningRate, steps: recipe.steps },
      save: (progress) => session.save(progress, trainer.arrays()),
      validate: async (at) => {
        for (const sample of await sampler(trainer.arrays().weights)) {
          await log.append({ type: "sample", step: at, ...sample });
          options.onMessage(`step ${at}: ${sample.caption}   (${sample.text})`);
        }
      },
      onReport: (report) => {
        step = report.step;
        options.onReport(report);
      },
    });
    if (progress.step < recipe.steps) return false;
    await session.finish(trainer.arrays().weights, options.dtype);
    return true;
  } finally {
    await source.close();
    await trainer.dispose();
  }
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
