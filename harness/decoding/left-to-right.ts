import { SimvlmError } from "@simvlm/metrics";
import type { Random } from "../random.js";
import { type Asking, type Candidate, findCandidates } from "./candidates.js";
import type { Decoder } from "./decoder.js";
import { type CheckedOptions, checkOptions, type Generation, type SearchOptions } from "./search-options.js";

/** How a row's next token is chosen. */
interface Choice {
  /** Candidates that are looked at. */
  readonly count: number;
  /** @param candidates best first, at least one */
  choose(candidates: readonly Candidate[], row: number): Candidate;
}

/** A text on its way. */
interface Draft {
  /** Start token, forced prefix and what was generated. */
  readonly text: number[];
  readonly promptLength: number;
  readonly logProbabilities: number[];
  state: "open" | "finished" | "stopped";
}

/** Always the likeliest token. One generation for each example. */
export async function decodeGreedily<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: SearchOptions,
): Promise<Generation[][]> {
  return decodeLeftToRight(decoder, prefix, 1, options, { count: 1, choose: ([best]) => best! });
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
  return decodeLeftToRight(decoder, prefix, samples, options, {
    count: topK > 0 ? topK : decoder.vocabularySize,
    choose(candidates, row) {
      const greatest = candidates[0]!.logit;
      const shares = candidates.map(({ logit }) => Math.exp((logit - greatest) / temperature));
      return draw(candidates, shares, topP, streams[row]!);
    },
  });
}

function checkStreams(randoms: readonly Random[], examples: number): void {
  if (randoms.length === examples) return;
  throw new SimvlmError(
    "bad-decoding-options",
    `randoms has ${randoms.length} streams for ${examples} examples; give one for each.`,
  );
}

function draw(candidates: readonly Candidate[], shares: readonly number[], topP: number, random: Random): Candidate {
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
  { count, choose }: Choice,
): Promise<Generation[][]> {
  const examples = decoder.countExamples(prefix);
  const options = checkOptions(searchOptions, examples);
  const { vocabularySize } = decoder;
  const session = await decoder.encode(prefix, { beams, length: options.length });
  try {
    const drafts = Array.from({ length: examples * beams }, (_, row): Draft => {
      const prompt = options.prompt(Math.floor(row / beams));
      return { text: [...prompt], promptLength: prompt.length, logProbabilities: [], state: "open" };
    });
    for (let position = 0; drafts.some((draft) => draft.state === "open"); position++) {
      const tokens = Int32Array.from(drafts, ({ text }) => text[position] ?? options.end);
      const askings = drafts.map(({ text, promptLength, state }): Asking | undefined => {
        if (state !== "open" || position + 1 < text.length) return undefined;
        return { text, generated: text.length - promptLength };
      });
      const question = { count, penaltyOf: "logits" } as const;
      const found = await findCandidates(session, vocabularySize, { tokens, position }, askings, question, options);
      found.forEach((candidates, row) => {
        if (candidates) extend(drafts[row]!, candidates.length > 0 ? choose(candidates, row) : undefined, options);
      });
    }
    return Array.from({ length: examples }, (_, example) => {
      return drafts.slice(example * beams, (example + 1) * beams).map(toGeneration);
    });
  } finally {
    session.dispose();
  }
}

/** @param chosen undefined when everything is forbidden */
function extend(draft: Draft, chosen: Candidate | undefined, { end, maxLength }: CheckedOptions): void {
  if (!chosen) {
    draft.state = "stopped";
    return;
  }
  draft.logProbabilities.push(chosen.logProbability);
  if (chosen.token === end) draft.state = "finished";
  else draft.text.push(chosen.token);
  if (draft.state === "open" && draft.text.length - draft.promptLength === maxLength) draft.state = "stopped";
}

function toGeneration(draft: Draft): Generation {
  const logProbability = draft.logProbabilities.reduce((sum, term) => sum + term, 0);
  return {
    tokens: draft.text.slice(draft.promptLength),
    logProbability,
    tokenLogProbabilities: draft.logProbabilities,
    finished: draft.state === "finished",
    score: logProbability,
  };
}
