import { SimvlmError } from "@simvlm/metrics";
import { type Asking, type Candidate, findCandidates } from "./candidates.js";
import type { Decoder } from "./decoder.js";
import { type CheckedOptions, checkOptions, type Generation, type SearchOptions } from "./search-options.js";
import { isTopKOrder, topK } from "./torch-order.js";

/** What every beam search takes besides what every search does. */
export interface BeamOptions extends SearchOptions {
  readonly beamSize?: number;
  /**
   * The exponent α that keeps short texts from winning for their length alone; 0 = none. SimVLM's search divides
   * log-probabilities by ((5 + n) / 6)^α, n counting the generated tokens and the end (Wu et al. 2016, §7; default 0.6);
   * the original GIT's does, too, but n counts the start token and the forced prefix and not the end (default 0.6);
   * the library's divides by n^α, n as with SimVLM (default 1).
   */
  readonly lengthPenalty?: number;
}

/** Beam search options, checked, with what was not given filled in. */
export type CheckedBeamOptions = CheckedOptions & Required<Pick<BeamOptions, "beamSize" | "lengthPenalty">>;

/** A text on its way. */
export interface Hypothesis {
  /** Start token, forced prefix and what was generated; the end is not part of it. */
  readonly text: readonly number[];
  /** Of what was generated, under the model; the end's is the last. */
  readonly logProbabilities: readonly number[];
  /** Of what was generated, with the repetition penalty. */
  readonly sum: number;
  /** The beam it goes on from. */
  readonly parent: number;
}

/** A hypothesis with one more token. */
export interface Continuation extends Hypothesis {
  readonly token: number;
}

/** One example's search: independent of what else is in the batch. */
export interface ExampleSearch {
  /** Start token and forced prefix. */
  readonly prompt: readonly number[];
  /** The hypotheses that go on, best first; up to `beamSize`. */
  beams: readonly Hypothesis[];
  /** Those that go on no longer, best first. */
  ended: Generation[];
  done: boolean;
}

/** The sum of what comes to nothing: -1e9, as PyTorch programs have it. */
export const UNLIKELY = -1e9;

/** How a beam search differs from others. */
export interface BeamRules {
  readonly lengthPenalty: number;
  /**
   * Whether it goes by the arithmetic of PyTorch programs: float32, equal sums in the order of `topk`, and as many
   * hypotheses as beams from the beginning, all but the first of a sum that nothing comes of.
   */
  readonly asTorch: boolean;
  /**
   * Chooses among the best `2 · beamSize` continuations, best first: sets the search's `beams`, `ended` and `done`.
   * @param generated tokens before the present one
   */
  advance(
    search: ExampleSearch,
    candidates: readonly Continuation[],
    generated: number,
    options: CheckedBeamOptions,
  ): void;
}

/**
 * What all beam searches share: feeds the beams of every example, and hands each search its best continuations.
 * @returns for each example what its search ended with, best first
 * @throws SimvlmError `bad-decoding-options`
 */
export async function searchByBeams<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  given: BeamOptions,
  rules: BeamRules,
): Promise<Generation[][]> {
  const examples = decoder.countExamples(prefix);
  const options = checkBeamOptions(given, examples, rules);
  const { beamSize, end } = options;
  const { vocabularySize } = decoder;
  // Only a small vocabulary says the same words in another order, with the same sum; a large one has no time for it.
  const inTopKOrder = rules.asTorch && isTopKOrder(beamSize * vocabularySize, 2 * beamSize);
  const question = {
    count: inTopKOrder ? vocabularySize : 2 * beamSize,
    penaltyOf: "log-probabilities",
    float32: inTopKOrder,
  } as const;
  const session = await decoder.encode(prefix, { beams: beamSize, length: options.length });
  try {
    const searches = Array.from({ length: examples }, (_, example) =>
      beginSearch(options.prompt(example), options, rules),
    );
    for (let position = 0; searches.some((search) => !search.done); position++) {
      // A search with fewer hypotheses than beams runs its first one in the rest and ignores what comes of it.
      const rows = searches.flatMap((search, example) =>
        Array.from({ length: beamSize }, (_, index) => {
          return { search, example, beam: search.beams[index] ?? search.beams[0]!, own: index < search.beams.length };
        }),
      );
      const step = {
        tokens: Int32Array.from(rows, ({ beam }) => beam.text[position] ?? end),
        position,
        parents: Int32Array.from(rows, ({ example, beam }) => example * beamSize + beam.parent),
      };
      const askings = rows.map(({ search, beam, own }): Asking | undefined => {
        const generated = position + 1 - search.prompt.length;
        return search.done || generated < 0 || !own ? undefined : { text: beam.text, generated };
      });
      const found = await findCandidates(session, vocabularySize, step, askings, question, options);
      searches.forEach((search, example) => {
        if (search.done) return;
        const generated = position + 1 - search.prompt.length;
        if (generated < 0) {
          search.beams = search.beams.map((beam, index) => ({ ...beam, parent: index }));
          return;
        }
        const candidates = search.beams.flatMap((beam, index) =>
          (found[example * beamSize + index] ?? []).map((candidate) => extend(beam, index, candidate, end, rules)),
        );
        const best = inTopKOrder
          ? bestInTopKOrder(candidates, beamSize, vocabularySize)
          : candidates.sort((a, b) => b.sum - a.sum || a.parent - b.parent || a.token - b.token).slice(0, 2 * beamSize);
        rules.advance(search, best, generated, options);
      });
    }
    return searches.map(({ ended }) => ended);
  } finally {
    session.dispose();
  }
}

function checkBeamOptions(given: BeamOptions, examples: number, { lengthPenalty }: BeamRules): CheckedBeamOptions {
  const options = { beamSize: 3, lengthPenalty, ...given, ...checkOptions(given, examples) };
  if (!Number.isInteger(options.beamSize) || options.beamSize < 1) {
    const found = `beamSize is ${options.beamSize}`;
    throw new SimvlmError("bad-decoding-options", `${found}; it must be a whole number, at least 1.`);
  }
  if (!Number.isFinite(options.lengthPenalty)) {
    const found = `lengthPenalty is ${options.lengthPenalty}`;
    throw new SimvlmError("bad-decoding-options", `${found}; it must be a number.`);
  }
  return options;
}

function beginSearch(
  prompt: readonly number[],
  { beamSize }: CheckedBeamOptions,
  { asTorch }: BeamRules,
): ExampleSearch {
  const beams = Array.from({ length: asTorch ? beamSize : 1 }, (_, parent): Hypothesis => {
    return { text: prompt, logProbabilities: [], sum: parent === 0 ? 0 : UNLIKELY, parent };
  });
  return { prompt, beams, ended: [], done: false };
}

/** The best of all continuations of all beams. */
function bestInTopKOrder(
  candidates: readonly Continuation[],
  beamSize: number,
  vocabularySize: number,
): Continuation[] {
  const sums = new Array<number>(beamSize * vocabularySize).fill(-Infinity);
  const at = new Map(candidates.map((candidate) => [candidate.parent * vocabularySize + candidate.token, candidate]));
  for (const [index, { sum }] of at) sums[index] = sum;
  return topK(sums, 2 * beamSize).flatMap((index) => at.get(index) ?? []);
}

function extend(
  beam: Hypothesis,
  parent: number,
  { token, logProbability, penalized }: Candidate,
  end: number,
  { asTorch }: BeamRules,
): Continuation {
  return {
    token,
    text: token === end ? beam.text : [...beam.text, token],
    logProbabilities: [...beam.logProbabilities, logProbability],
    sum: asTorch ? Math.fround(beam.sum + Math.fround(penalized)) : beam.sum + penalized,
    parent,
  };
}

/** What a hypothesis comes to. */
export function toGeneration(
  { text, logProbabilities }: Omit<Hypothesis, "parent" | "sum">,
  promptLength: number,
  finished: boolean,
  score: number,
): Generation {
  return {
    tokens: text.slice(promptLength),
    logProbability: logProbabilities.reduce((sum, term) => sum + term, 0),
    tokenLogProbabilities: logProbabilities,
    finished,
    score,
  };
}
