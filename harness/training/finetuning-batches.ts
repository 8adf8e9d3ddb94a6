import { loadImages } from "../images/load.js";
import type { HostTensor } from "../layers/weights.js";
import { buildPrefixBatch, type PrefixExample } from "../models/simvlm/batch.js";
import type { SimVLMConfig } from "../models/simvlm/config.js";
import { buildHeadPasses } from "../models/simvlm/head-batch.js";
import { type NoiseRates, sampleNoise } from "../models/simvlm/noise.js";
import type { Random } from "../random.js";
import type { Task } from "../tasks/task.js";
import { longestTexts, type TokenizedExample } from "../tasks/tokenized.js";
import type { Tokenizer } from "../text/tokenizer.js";
import type { BatchSource } from "./batches.js";
import { FaultCounter, type FaultCounts } from "./faults.js";
import type { HeadTrainingBatch, HostBatch, PrefixTrainingBatch } from "./objective.js";
import { shuffle } from "./shard-stream.js";
import type { BatchPart } from "./trainer.js";

export interface FinetuningBatchOptions {
  readonly config: SimVLMConfig;
  readonly tokenizer: Tokenizer;
  readonly task: Task;
  readonly random: Random;
  readonly batch: number;
  readonly accumulate: number;
  /** Dropout and stochastic depth, which fine-tuning has and pretraining has not. */
  readonly noise: NoiseRates;
  readonly minCrop: number;
  readonly maxFaultRate: number;
  readonly onFault: (where: string, problem: string) => void;
}

interface Drawn extends TokenizedExample {
  readonly pixels: readonly Float32Array[];
}

type Position = { readonly drawn: readonly number[]; readonly faults: FaultCounts };

const CROP_RATIO = [0.9, 1 / 0.9] as const;

/** Batches whose answer is generated: one of an example's targets, drawn anew each time, after its prefix. */
export function openGenerationBatches(
  examples: readonly TokenizedExample[],
  options: FinetuningBatchOptions,
  position?: unknown,
): BatchSource<PrefixTrainingBatch> {
  const { config, tokenizer } = options;
  const { prefix, target } = longestTexts(examples);
  // Something must stand in the encoder, if only a place that nobody sees.
  const prefixLength = examples.some(({ images }) => images.length > 0) ? prefix : Math.max(1, prefix);
  const suffixLength = Math.min(target + 1, config.textLength);
  const { startId: start, endId: end, padId: pad } = tokenizer;
  return openBatches<PrefixTrainingBatch>(examples, options, position, (drawn, random) => {
    const rows = drawn.map(({ pixels, prefixTokens, targetTokens }): PrefixExample => {
      return { image: pixels[0], prefix: prefixTokens, suffix: targetTokens[random.integer(targetTokens.length)]! };
    });
    const sizes = { imageSize: config.imageSize, prefixLength, suffixLength };
    const batch = buildPrefixBatch(rows, { ...sizes, start, end, pad }, random);
    const weight = batch.targetWeights.data.reduce((sum, one) => sum + one, 0);
    return { batch: batch as HostBatch<PrefixTrainingBatch>, weight, prefixLength, suffixLength };
  });
}

/** Batches for a classifier. */
export function openHeadBatches(
  examples: readonly TokenizedExample[],
  classes: number,
  options: FinetuningBatchOptions,
  position?: unknown,
): BatchSource<HeadTrainingBatch> {
  const { config, tokenizer, task } = options;
  const { prefix: prefixLength, statement } = longestTexts(examples);
  const suffixLength = statement + 1;
  return openBatches<HeadTrainingBatch>(examples, options, position, (drawn) => {
    const rows = drawn.map(({ pixels, prefixTokens, statementTokens }) => {
      return { images: pixels, prefix: prefixTokens, statement: statementTokens };
    });
    const passes = buildHeadPasses(rows, task.passes, config, tokenizer, { prefixLength, suffixLength });
    const data = Float32Array.from(drawn.flatMap(({ classScores }) => [...classScores!]));
    const batch = { passes, targets: { shape: [drawn.length, classes], data } };
    return {
      batch: batch as unknown as HostBatch<HeadTrainingBatch>,
      weight: drawn.length,
      prefixLength,
      suffixLength,
    };
  });
}

type BuiltPart<Batch> = BatchPart<Batch> & { readonly prefixLength: number; readonly suffixLength: number };

/**
 * Examples with and without pictures are drawn apart, in the proportion in which there are such, so that all batches
 * have one shape. Each pass over either kind has an order of its own.
 */
function openBatches<Batch>(
  examples: readonly TokenizedExample[],
  options: FinetuningBatchOptions,
  position: unknown,
  build: (drawn: readonly Drawn[], random: Random) => BuiltPart<Batch>,
): BatchSource<Batch> {
  const { random, batch, accumulate, config, noise, maxFaultRate, onFault } = options;
  const from = position as Position | undefined;
  const counter = new FaultCounter(maxFaultRate, onFault, from?.faults);
  const rows = Math.ceil(batch / accumulate);
  const illustrated = examples.filter(({ images }) => images.length > 0);
  const plain = examples.filter(({ images }) => images.length === 0);
  const share = Math.round((rows * illustrated.length) / examples.length);
  const pools = [
    { examples: illustrated, rows: plain.length === 0 ? rows : Math.min(share, rows - 1) },
    { examples: plain, rows: illustrated.length === 0 ? rows : Math.max(rows - share, 1) },
  ]
    .filter(({ examples }) => examples.length > 0)
    .map(({ examples, rows }, i) => {
      return { rows, deck: new Deck(examples, random.fork("order").fork(i), from?.drawn[i] ?? 0) };
    });
  const noisy = noise.dropout > 0 || noise.stochasticDepth > 0;
  return {
    async next(step) {
      const stream = random.fork("step").fork(step);
      const ids: string[] = [];
      const parts: BatchPart<Batch>[] = [];
      for (let part = 0; part < accumulate; part++) {
        const own = stream.fork(part);
        const drawn: Drawn[] = [];
        for (const { deck, rows } of pools) drawn.push(...(await drawExamples(deck, rows, counter, own, options)));
        const { prefixLength, suffixLength, ...built } = build(drawn, own.fork("draw"));
        const images = drawn.filter(({ pixels }) => pixels.length > 0).length;
        const sizes = { batch: drawn.length, images, prefixText: prefixLength, suffix: suffixLength };
        const masks: Record<string, HostTensor> | undefined = noisy
          ? sampleNoise(config, sizes, noise, own.fork("noise"))
          : undefined;
        parts.push({ ...built, noise: masks });
        ids.push(...drawn.map(({ id }) => id));
      }
      const position: Position = { drawn: pools.map(({ deck }) => deck.drawn), faults: counter.counts };
      return { parts, ids, position, faults: counter.counts.faults };
    },
    async close() {},
  };
}

/** Examples pass after pass, each pass in an order of its own. */
class Deck {
  readonly #examples: readonly TokenizedExample[];
  readonly #random: Random;
  #pass = -1;
  #order: readonly TokenizedExample[] = [];

  constructor(
    examples: readonly TokenizedExample[],
    random: Random,
    public drawn: number,
  ) {
    this.#examples = examples;
    this.#random = random;
  }

  next(): TokenizedExample {
    const pass = Math.floor(this.drawn / this.#examples.length);
    if (pass !== this.#pass) {
      this.#order = shuffle(this.#examples, this.#random.fork(pass));
      this.#pass = pass;
    }
    return this.#order[this.drawn++ % this.#examples.length]!;
  }
}

/** So many examples with their pictures; for one that cannot be read the next is taken. */
async function drawExamples(
  deck: Deck,
  rows: number,
  counter: FaultCounter,
  random: Random,
  { config, minCrop }: FinetuningBatchOptions,
): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (let attempt = 0; drawn.length < rows; attempt++) {
    const candidates = Array.from({ length: rows - drawn.length }, () => deck.next());
    for (const _ of candidates) counter.see();
    const pictures = await loadImages(
      candidates.flatMap(({ images }) => images),
      {
        framing: {
          kind: "random-crop",
          size: config.imageSize,
          random: random.fork("crop").fork(attempt),
          scale: [minCrop, 1],
          ratio: CROP_RATIO,
        },
      },
    );
    for (const candidate of candidates) {
      const own = pictures.splice(0, candidate.images.length);
      const broken = own.find((picture) => !picture.ok);
      if (broken && !broken.ok) counter.add(candidate.id, broken.error.message);
      else drawn.push({ ...candidate, pixels: own.flatMap((each) => (each.ok ? [each.image.data] : [])) });
    }
  }
  return drawn;
}
