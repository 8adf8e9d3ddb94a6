import {
  type BeamOptions,
  type BeamRules,
  type CheckedBeamOptions,
  type ExampleSearch,
  type Hypothesis,
  searchByBeams,
  toGeneration,
} from "./beams.js";
import type { Decoder } from "./decoder.js";
import type { Generation } from "./search-options.js";

/**
 * Beam search. An example's search ends when no open hypothesis can still beat its `beamSize` ended ones, so that
 * stopping early never changes the result.
 * @returns for each example up to `beamSize` generations, best first
 * @throws SimvlmError `bad-decoding-options`
 */
export function decodeByBeamSearch<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: BeamOptions,
): Promise<Generation[][]> {
  return searchByBeams(decoder, prefix, options, rules);
}

const rules: BeamRules = {
  lengthPenalty: 0.6,
  asTorch: false,
  advance(search, candidates, generated, options) {
    const { beamSize, end, maxLength } = options;
    const open = candidates.filter(({ token }) => token !== end).slice(0, beamSize);
    for (const hypothesis of candidates.slice(0, beamSize)) {
      if (hypothesis.token === end) conclude(search, hypothesis, true, options);
    }
    const exhausted = open.length === 0 || generated + 1 === maxLength;
    if (exhausted) {
      const left = open.length > 0 ? open : search.ended.length > 0 ? [] : search.beams;
      for (const hypothesis of left) conclude(search, hypothesis, false, options);
    } else {
      search.beams = open;
    }
    search.done = exhausted || cannotImprove(search, options);
  },
};

function conclude(search: ExampleSearch, hypothesis: Hypothesis, finished: boolean, options: CheckedBeamOptions): void {
  const score = hypothesis.sum / penalty(hypothesis.logProbabilities.length, options);
  search.ended.push(toGeneration(hypothesis, search.prompt.length, finished, score));
  search.ended.sort((a, b) => b.score - a.score);
  search.ended.length = Math.min(search.ended.length, options.beamSize);
}

/** An open hypothesis scores at most its sum so far over the penalty of the longest text (or the shortest, were α < 0). */
function cannotImprove({ ended, beams }: ExampleSearch, options: CheckedBeamOptions): boolean {
  if (ended.length < options.beamSize) return false;
  const length = options.lengthPenalty > 0 ? options.maxLength : beams[0]!.logProbabilities.length + 1;
  return ended.at(-1)!.score >= beams[0]!.sum / penalty(length, options);
}

function penalty(length: number, { lengthPenalty }: CheckedBeamOptions): number {
  return ((5 + length) / 6) ** lengthPenalty;
}
