import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FILES } from "../../checkpoints/checkpoint.js";
import { openStoredWeights } from "../../checkpoints/open-stored-weights.js";
import { writeSafetensors } from "../../checkpoints/safetensors.js";
import { decodeGreedily } from "../../decoding/left-to-right.js";
import { type CompileOptions, compile } from "../../engine/index.js";
import { sizeOf } from "../../engine/trace/graph.js";
import { makeTemporaryFolder } from "../../files/folders.js";
import { toNatives } from "../../layers/native.js";
import type { WeightArrays, Weights } from "../../layers/weights.js";
import { createCompiledDecoder } from "../../models/simvlm/compiled-decoder.js";
import { createContext } from "../../models/simvlm/context.js";
import type { PrefixInputs } from "../../models/simvlm/inputs.js";
import { encode } from "../../models/simvlm/model.js";
import { prefixObjective } from "../../models/simvlm/objectives.js";
import { locateWeights } from "../../models/weight-constants.js";
import { Trainer } from "../../training/trainer.js";
import type { WorkInputs } from "./bench-inputs.js";
import { CAPTION_LENGTH, SETTINGS, type Work } from "./work.js";

/** The work done once. */
export interface Outcome {
  readonly ms: number;
  readonly result: ArrayLike<number>;
  /** The peak of its process so far. */
  readonly megabytes: number;
}

/** One side of a comparison, ready to do its work again and again. */
export interface Runner {
  /** Does the work once. */
  run(): Promise<Outcome>;
  close(): Promise<void>;
}

/** Ours, compiled; the first run is part of making it. */
export async function createRunner(work: Work, inputs: WorkInputs, options: CompileOptions): Promise<Runner> {
  const runners = { encoder: encoderRunner, train: trainingRunner, caption: captionRunner };
  return runners[work.kind](inputs, options);
}

async function timed(task: () => Promise<ArrayLike<number>>): Promise<Outcome> {
  const begin = performance.now();
  const result = await task();
  return { ms: performance.now() - begin, result, megabytes: process.resourceUsage().maxRSS / 1024 };
}

async function encoderRunner({ config, weights, batch }: WorkInputs, options: CompileOptions): Promise<Runner> {
  const { suffixTokens: _, targets: __, targetWeights: ___, ...prefix } = toNatives(batch);
  const stored = await storeWeights(weights);
  const run = ({ weights, prefix }: { weights: Weights; prefix: PrefixInputs }) =>
    encode(prefix, createContext(weights, config)).tokens;
  const { signature, constants } = stored.located;
  const compiled = await compile(run, { weights: signature, prefix }, { ...options, constants });
  const inputs = { weights: {}, prefix };
  const into = await compiled.run(inputs);
  return {
    run: () => timed(async () => (await compiled.run(inputs, { into })).data),
    async close() {
      await compiled.dispose();
      await stored.remove();
    },
  };
}

/** Puts weights where those of a checkpoint are: in a file, where graphs read them. */
async function storeWeights(weights: WeightArrays) {
  const folder = await makeTemporaryFolder("bench");
  await writeSafetensors(join(folder, FILES.weights), weights);
  const stored = await openStoredWeights(folder);
  const located = await locateWeights(
    stored,
    Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape])),
  );
  await stored.close();
  return { located, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function trainingRunner(
  { config, weights, batch }: WorkInputs,
  { provider, threads }: CompileOptions,
): Promise<Runner> {
  const execution = { ...(provider && { provider }), ...(threads && { threads }) };
  const trainer = new Trainer(prefixObjective(config), { weights }, { clipNorm: SETTINGS.clipNorm, ...execution });
  let step = 0;
  return {
    run: () => timed(async () => [(await trainer.step([{ batch, weight: 1 }], ++step, SETTINGS.learningRate)).loss]),
    close: () => trainer.dispose(),
  };
}

async function captionRunner({ config, weights, batch }: WorkInputs, options: CompileOptions): Promise<Runner> {
  const { suffixTokens: _, targets: __, targetWeights: ___, ...prefix } = batch;
  const stored = await storeWeights(weights);
  const decoder = createCompiledDecoder({}, config, { ...options, constants: stored.located.constants });
  const { start, end } = SETTINGS;
  const search = { start, end, minLength: CAPTION_LENGTH, maxLength: CAPTION_LENGTH };
  return {
    run: () =>
      timed(async () => (await decodeGreedily(decoder, prefix, search)).flatMap((captions) => captions[0]!.tokens)),
    close: () => stored.remove(),
  };
}

/** How many numbers a result should have, to see that a peer's is of the same form. */
export function resultSize(work: Work, { batch, config }: WorkInputs): number {
  if (work.kind === "train") return 1;
  if (work.kind === "caption") return work.batch * CAPTION_LENGTH;
  const tokens = (config.imageSize / config.patchSize) ** 2 + batch.prefixTokens.shape[1]!;
  return sizeOf([work.batch, tokens, config.width]);
}
