import type { Decoder } from "./decoder.js";
import { forbid, largest, logSumExp } from "./next-token.js";
import { type CheckedOptions, checkOptions, type Generation, type SearchOptions } from "./search-options.js";

/** What beam search takes besides what every search does. */
export interface BeamOptions extends SearchOptions {
  readonly beamSize?: number;
  /** Exponent α of ((5 + length) / 6)^α, which log-probabilities are divided by (Wu et al. 2016, §7); 0 = none. */
  readonly lengthPenalty?: number;
}

const defaults = { beamSize: 3, lengthPenalty: 0.6 };

interface Hypothesis {
  /** Forced prefix and what was generated. */
  readonly text: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly sum: number;
  /** The beam it goes on from. */
  readonly parent: number;
}

/** One example's search: independent of what else is in the batch. */
interface Search {
  readonly forced: number;
  beams: readonly Hypothesis[];
  ended: Generation[];
  done: boolean;
}

type Settings = CheckedOptions & typeof defaults;

/**
 * Beam search. An example's search ends when no open hypothesis can still beat its `beamSize` ended ones, so that
 * stopping early never changes the result.
 * @returns for each example up to `beamSize` generations, best first
 */
export async function decodeByBeamSearch<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: BeamOptions,
): Promise<Generation[][]> {
  const examples = decoder.countExamples(prefix);
  const settings: Settings = { ...defaults, ...options, ...checkOptions(options, examples) };
  const { beamSize, start, end } = settings;
  const session = await decoder.encode(prefix, { beams: beamSize, length: settings.length });
  try {
    const searches = Array.from({ length: examples }, (_, row): Search => {
      const text = settings.forced(row);
      return {
        forced: text.length,
        beams: [{ text, logProbabilities: [], sum: 0, parent: 0 }],
        ended: [],
        done: false,
      };
    });
    for (let position = 0; searches.some((search) => !search.done); position++) {
      // A search with fewer hypotheses than beams runs its first one in the rest and ignores what comes of it.
      const rows = searches.flatMap(({ beams }, example) =>
        Array.from({ length: beamSize }, (_, index) => ({ example, beam: beams[index] ?? beams[0]! })),
      );
      const fed = rows.map(({ beam }) => (position === 0 ? start : (beam.text[position - 1] ?? end)));
      const parents = rows.map(({ example, beam }) => example * beamSize + beam.parent);
      const logits = await session.step(Int32Array.from(fed), position, Int32Array.from(parents));
      searches.forEach((search, example) => {
        if (search.done) return;
        const begin = example * beamSize * decoder.vocabularySize;
        advance(search, position, logits.subarray(begin), decoder.vocabularySize, settings);
      });
    }
    return searches.map(({ ended }) => ended);
  } finally {
    session.dispose();
  }
}

function advance(search: Search, position: number, logits: Float32Array, vocabulary: number, settings: Settings): void {
  if (position < search.beams[0]!.text.length) {
    search.beams = search.beams.map((beam, index) => ({ ...beam, parent: index }));
    return;
  }
  const { beamSize, end, maxLength } = settings;
  const generated = position - search.forced;
  const candidates = search.beams
    .flatMap((beam, index) => {
      const row = logits.subarray(index * vocabulary, (index + 1) * vocabulary);
      return expand(beam, index, row, generated, settings);
    })
    .sort((a, b) => b.hypothesis.sum - a.hypothesis.sum)
    .slice(0, 2 * beamSize);
  const open = candidates.filter(({ token }) => token !== end).slice(0, beamSize);
  for (const { hypothesis } of candidates.slice(0, beamSize).filter(({ token }) => token === end)) {
    conclude(search, hypothesis, true, settings);
  }
  const exhausted = open.length === 0 || generated + 1 === maxLength;
  if (exhausted) {
    const left =
      open.length > 0 ? open.map(({ hypothesis }) => hypothesis) : search.ended.length > 0 ? [] : search.beams;
    for (const hypothesis of left) conclude(search, hypothesis, false, settings);
  } else {
    search.beams = open.map(({ hypothesis }) => hypothesis);
  }
  search.done = exhausted || cannotImprove(search, settings);
}

/** A hypothesis with each of its likeliest next tokens. */
function expand(beam: Hypothesis, parent: number, logits: Float32Array, generated: number, settings: Settings) {
  const normaliser = logSumExp(logits);
  forbid(logits, beam.text, generated, settings);
  return largest(logits, 2 * settings.beamSize).map((token) => {
    const logProbability = logits[token]! - normaliser;
    const hypothesis: Hypothesis = {
      text: token === settings.end ? beam.text : [...beam.text, token],
      logProbabilities: [...beam.logProbabilities, logProbability],
      sum: beam.sum + logProbability,
      parent,
    };
    return { token, hypothesis };
  });
}

function conclude(search: Search, hypothesis: Hypothesis, finished: boolean, settings: Settings): void {
  search.ended.push({
    tokens: hypothesis.text.slice(search.forced),
    logProbability: hypothesis.sum,
    tokenLogProbabilities: hypothesis.logProbabilities,
    finished,
    score: hypothesis.sum / penalty(hypothesis.logProbabilities.length, settings),
  });
  search.ended.sort((a, b) => b.score - a.score);
  search.ended.length = Math.min(search.ended.length, settings.beamSize);
}

/** An open hypothesis scores at most its sum so far over the penalty of the longest text (or the shortest, were α < 0). */
function cannotImprove({ ended, beams }: Search, settings: Settings): boolean {
  if (ended.length < settings.beamSize) return false;
  const length = settings.lengthPenalty > 0 ? settings.maxLength : beams[0]!.logProbabilities.length + 1;
  return ended.at(-1)!.score >= beams[0]!.sum / penalty(length, settings);
}

function penalty(length: number, { lengthPenalty }: Settings): number {
  return ((5 + length) / 6) ** lengthPenalty;
}
