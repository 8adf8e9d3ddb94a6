import type { AnsweredExample, ClassifiedExample, NoiseRates, Objective, WeighedBatch } from "../models/trainable.js";
import type { TextPlaces, VisionLanguageModel } from "../models/vision-language-model.js";
import type { Random } from "../random.js";
import { longestTexts, type TokenizedExample } from "../tasks/tokenized.js";
import { FaultCounter, type FaultCounts } from "./faults.js";
import type { BatchSource } from "./loop.js";
import { shuffle } from "./shard-stream.js";
import type { BatchPart } from "./trainer.js";
import { TrainingPictures } from "./training-pictures.js";

/** How batches are drawn from a task's examples. */
export interface FinetuningBatchOptions {
  readonly model: Pick<VisionLanguageModel, "preparation" | "trainable">;
  readonly random: Random;
  readonly batch: number;
  readonly accumulate: number;
  /** Dropout and stochastic depth, which pretraining does not have. */
  readonly noise: NoiseRates;
  readonly minCrop: number;
  readonly maxFaultRate: number;
  readonly onFault: (where: string, problem: string) => void;
}

interface Drawn extends TokenizedExample {
  readonly pixels: readonly Float32Array[];
}

type Position = { readonly drawn: readonly number[]; readonly faults: FaultCounts };

/**
 * Batches of examples whose answer is generated after the prompt; if an example has several targets, one is drawn anew
 * each time.
 */
export function openGenerationBatches(
  examples: readonly TokenizedExample[],
  objective: Objective<AnsweredExample>,
  options: FinetuningBatchOptions,
  position?: unknown,
): BatchSource {
  const { prompt, target } = longestTexts(examples);
  const places = { prompt, text: target };
  return openBatches(examples, places, options, position, (drawn, random) => {
    const rows = drawn.map(({ pixels, promptTokens, targetTokens }): AnsweredExample => {
      return { image: pixels[0], prompt: promptTokens, text: targetTokens[random.integer(targetTokens.length)]! };
    });
    return objective.toBatch(rows, places, random);
  });
}

/** Batches of examples for a classifier. */
export function openHeadBatches(
  examples: readonly TokenizedExample[],
  objective: Objective<ClassifiedExample>,
  options: FinetuningBatchOptions,
  position?: unknown,
): BatchSource {
  const { prompt, statement } = longestTexts(examples);
  const places = { prompt, text: statement };
  return openBatches(examples, places, options, position, (drawn, random) => {
    const rows = drawn.map(({ pixels, promptTokens, statementTokens, classScores }): ClassifiedExample => {
      return { images: pixels, prompt: promptTokens, statement: statementTokens, classScores: classScores! };
    });
    return objective.toBatch(rows, places, random);
  });
}

/**
 * Examples with and without pictures are drawn apart, in the proportion in which there are such, so that all batches
 * have one shape. Each pass over either kind has an order of its own.
 */
function openBatches(
  examples: readonly TokenizedExample[],
  places: TextPlaces,
  options: FinetuningBatchOptions,
  position: unknown,
  build: (drawn: readonly Drawn[], random: Random) => WeighedBatch,
): BatchSource {
  const { model, random, batch, accumulate, noise, minCrop, maxFaultRate, onFault } = options;
  const from = position as Position | undefined;
  const counter = new FaultCounter(maxFaultRate, onFault, from?.faults);
  const loader = new TrainingPictures(model.preparation, minCrop);
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
      const parts: BatchPart[] = [];
      for (let part = 0; part < accumulate; part++) {
        const own = stream.fork(part);
        const drawn: Drawn[] = [];
        for (const { deck, rows } of pools) drawn.push(...(await drawExamples(deck, rows, loader, counter, own)));
        const pictures = drawn.filter(({ pixels }) => pixels.length > 0).length;
        const sizes = { examples: drawn.length, pictures, ...places };
        parts.push({
          ...build(drawn, own.fork("draw")),
          noise: noisy ? model.trainable?.sampleNoise?.(sizes, noise, own.fork("noise")) : undefined,
        });
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

  /** How many passes have been drawn whole. */
  get passes(): number {
    return Math.floor(this.drawn / this.#examples.length);
  }

  next(): TokenizedExample {
    const pass = this.passes;
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
  loader: TrainingPictures,
  counter: FaultCounter,
  random: Random,
): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (let attempt = 0; drawn.length < rows; attempt++) {
    const { passes } = deck;
    const candidates = Array.from({ length: rows - drawn.length }, () => deck.next());
    for (const _ of candidates) counter.see();
    const pictures = await loader.load(
      candidates.flatMap(({ images }) => images),
      random.fork("crop").fork(attempt),
    );
    for (const candidate of candidates) {
      const own = pictures.splice(0, candidate.images.length);
      const broken = own.find((picture) => !picture.ok);
      if (broken && !broken.ok) counter.add(candidate.id, broken.error.message);
      else {
        drawn.push({ ...candidate, pixels: own.flatMap((each) => (each.ok ? [each.image.data] : [])) });
        counter.use();
      }
    }
    if (deck.passes > passes) counter.endPass();
  }
  return drawn;
}
