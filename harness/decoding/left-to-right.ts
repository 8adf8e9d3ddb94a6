import { SimvlmError } from "@simvlm/metrics";
import type { Random } from "../random.js";
import type { Decoder } from "./decoder.js";
import { forbid, largest, logSumExp } from "./next-token.js";
import { type CheckedOptions, checkOptions, type Generation, type SearchOptions } from "./search-options.js";

/** Chooses a row's next token from logits in which what is forbidden is −∞; undefined when nothing is left. */
type Choose = (logits: Float32Array, row: number) => number | undefined;

/** A text on its way. */
interface Draft {
  readonly text: number[];
  readonly forced: number;
  readonly logProbabilities: number[];
  state: "open" | "finished" | "stopped";
}

/** Always the likeliest token. One generation for each example. */
export async function decodeGreedily<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: SearchOptions,
): Promise<Generation[][]> {
  return decodeLeftToRight(decoder, prefix, 1, options, (logits) => largest(logits, 1)[0]);
}

/** What sampling takes besides what every search does. */
export interface SampleOptions extends SearchOptions {
  /** One stream for each example, so that what is drawn does not depend on the batch. */
  readonly randoms: readonly Random[];
  /** Texts drawn for each example. */
  readonly samples?: number;
  /** Logits are divided by this. */
  readonly temperature?: number;
  /** Draw from this many likeliest tokens; 0 = all. */
  readonly topK?: number;
  /** Draw from the fewest likeliest tokens that together have this probability (nucleus sampling). */
  readonly topP?: number;
}

const sampling = { samples: 1, temperature: 1, topK: 0, topP: 1 };

/** Tokens drawn by their probability. `samples` generations for each example, in the order drawn. */
export async function decodeBySampling<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: SampleOptions,
): Promise<Generation[][]> {
  const { samples, temperature, topK, topP } = { ...sampling, ...options };
  checkStreams(options.randoms, decoder.countExamples(prefix));
  const streams = options.randoms.flatMap((random) =>
    Array.from({ length: samples }, (_, index) => random.fork(index)),
  );
  return decodeLeftToRight(decoder, prefix, samples, options, (logits, row) => {
    const candidates = largest(logits, topK > 0 ? topK : logits.length);
    if (candidates.length === 0) return undefined;
    const greatest = logits[candidates[0]!]!;
    const shares = candidates.map((token) => Math.exp((logits[token]! - greatest) / temperature));
    return draw(candidates, shares, topP, streams[row]!);
  });
}

function checkStreams(randoms: readonly Random[], examples: number): void {
  if (randoms.length === examples) return;
  throw new SimvlmError(
    "bad-decoding-options",
    `randoms has ${randoms.length} streams for ${examples} examples; give one for each.`,
  );
}

function draw(candidates: readonly number[], shares: readonly number[], topP: number, random: Random): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let kept = 0;
  let mass = 0;
  while (kept < shares.length && (kept === 0 || mass < topP * total)) mass += shares[kept++]!;
  let left = random.next() * mass;
  for (let index = 0; index < kept; index++) {
    left -= shares[index]!;
    if (left < 0) return candidates[index]!;
  }
  return candidates[kept - 1]!;
}

async function decodeLeftToRight<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  beams: number,
  searchOptions: SearchOptions,
  choose: Choose,
): Promise<Generation[][]> {
  const examples = decoder.countExamples(prefix);
  const options = checkOptions(searchOptions, examples);
  const session = await decoder.encode(prefix, { beams, length: options.length });
  try {
    const drafts = Array.from({ length: examples * beams }, (_, row): Draft => {
      const forced = options.forced(Math.floor(row / beams));
      return { text: [...forced], forced: forced.length, logProbabilities: [], state: "open" };
    });
    for (let position = 0; drafts.some((draft) => draft.state === "open"); position++) {
      const fed = drafts.map((draft) => (position === 0 ? options.start : (draft.text[position - 1] ?? options.end)));
      const logits = await session.step(Int32Array.from(fed), position);
      drafts.forEach((draft, row) => {
        if (draft.state !== "open" || position < draft.text.length) return;
        const begin = row * decoder.vocabularySize;
        extend(draft, logits.subarray(begin, begin + decoder.vocabularySize), row, options, choose);
      });
    }
    return Array.from({ length: examples }, (_, example) => {
      return drafts.slice(example * beams, (example + 1) * beams).map(toGeneration);
    });
  } finally {
    session.dispose();
  }
}

function extend(draft: Draft, logits: Float32Array, row: number, options: CheckedOptions, choose: Choose): void {
  const normaliser = logSumExp(logits);
  const generated = draft.text.length - draft.forced;
  forbid(logits, draft.text, generated, options);
  const token = choose(logits, row);
  if (token === undefined) {
    draft.state = "stopped";
    return;
  }
  draft.logProbabilities.push(logits[token]! - normaliser);
  if (token === options.end) draft.state = "finished";
  else draft.text.push(token);
  if (draft.state === "open" && generated + 1 === options.maxLength) draft.state = "stopped";
}

function toGeneration(draft: Draft): Generation {
  const logProbability = draft.logProbabilities.reduce((sum, term) => sum + term, 0);
  return {
    tokens: draft.text.slice(draft.forced),
    logProbability,
    tokenLogProbabilities: draft.logProbabilities,
    finished: draft.state === "finished",
    score: logProbability,
  };
}
