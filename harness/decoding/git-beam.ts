import { type BeamOptions, type BeamRules, type Hypothesis, searchByBeams, toGeneration } from "./beams.js";
import type { Decoder } from "./decoder.js";
import type { Generation } from "./search-options.js";

/**
 * Beam search as the original GIT has it (`GeneratorWithBeamSearch` of GenerativeImage2Text), which its published figures
 * come from. One finished text is kept. Of the `2 · beamSize` best continuations, in order, those that end may finish
 * until `beamSize` others were met, which go on. The original's `max_steps` counts all ids of a text: here it is the
 * length of start token and forced prefix + `maxLength`. The word chosen at the last step is dropped though its
 * log-probability stays in the score, and the end is written in its place.
 * @returns for each example one generation
 * @throws SimvlmError `bad-decoding-options`
 */
export async function decodeByGitBeamSearch<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  options: BeamOptions,
): Promise<Generation[][]> {
  return searchByBeams(decoder, prefix, { suppress: [], ...options }, rules);
}

const rules: BeamRules = {
  lengthPenalty: 0.6,
  asTorch: true,
  advance(search, candidates, generated, { beamSize, end, maxLength, lengthPenalty }) {
    const promptLength = search.prompt.length;
    const normalise = (sum: number, length: number) => sum / ((5 + length) / 6) ** lengthPenalty;
    const keep = (text: Generation) => {
      if (search.ended.length === 0 || text.score > search.ended[0]!.score) search.ended = [text];
    };
    const [best] = candidates;
    const [kept] = search.ended;
    if (kept && (!best || kept.score >= normalise(best.sum, promptLength + maxLength - 1))) {
      search.done = true;
      return;
    }
    const last = generated + 1 === maxLength;
    const running: Hypothesis[] = [];
    for (const hypothesis of candidates) {
      const ends = hypothesis.token === end;
      if (ends || last) {
        const score = normalise(hypothesis.sum, promptLength + generated);
        const parent = search.beams[hypothesis.parent]!;
        if (ends) keep(toGeneration(hypothesis, promptLength, true, score));
        else keep({ ...toGeneration(parent, promptLength, false, score), closed: true });
      } else running.push(hypothesis);
      if (running.length === beamSize) break;
    }
    // Only where everything is forbidden has nothing been kept by now.
    if (running.length === 0 && search.ended.length === 0) {
      const [beam] = search.beams;
      keep(toGeneration(beam!, promptLength, false, normalise(beam!.sum, promptLength + generated)));
    }
    search.done = running.length === 0;
    if (!search.done) search.beams = running;
  },
};
