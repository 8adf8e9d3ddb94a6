import { type BeamOptions, type CheckedBeamOptions, type ExampleSearch, searchByBeams, toGeneration } from "./beams.js";
import type { Decoder } from "./decoder.js";
import type { Generation } from "./search-options.js";

/**
 * When the library's search ends once `beamSize` texts are finished: at once (`true`); when the best running sum, divided
 * by the penalty of its present length (`false`) or of the longest that can win (`"never"`), is not above the worst of
 * them.
 */
export type EarlyStopping = boolean | "never";

/** What the library's beam search takes besides what every beam search does. */
export interface LibraryBeamOptions extends BeamOptions {
  /** Default false. */
  readonly earlyStopping?: EarlyStopping;
}

/** The sum that all beams but the first begin with: they hold the same text, and must not be said twice. */
const UNLIKELY = -1e9;

/**
 * Beam search as Hugging Face's transformers 5.24 has it: of the `2 · beamSize` best continuations those that end may
 * finish if they are among the first `beamSize`, and the best `beamSize` of the others go on. At `maxLength` those that
 * run count as finished. Sums are rounded to float32, as there.
 * @returns for each example up to `beamSize` generations, best first; the first n are what `num_return_sequences` = n
 *   returns, and a score is what `sequences_scores` has
 * @throws SimvlmError `bad-decoding-options`
 */
export function decodeByLibraryBeamSearch<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  { earlyStopping = false, ...options }: LibraryBeamOptions,
): Promise<Generation[][]> {
  return searchByBeams(
    decoder,
    prefix,
    { suppress: [], ...options },
    {
      lengthPenalty: 1,
      round: Math.fround,
      begin: (beam) => (beam === 0 ? 0 : UNLIKELY),
      advance(search, candidates, generated, settings) {
        const { beamSize, end, maxLength } = settings;
        const last = generated + 1 === maxLength;
        const worth = (sum: number) => divide(sum, generated + 1, settings);
        const finishing = candidates.slice(0, beamSize).filter(({ token }) => last || token === end);
        const finished = finishing.map((hypothesis) => {
          return toGeneration(hypothesis, search.prompt.length, hypothesis.token === end, worth(hypothesis.sum));
        });
        search.ended = [...search.ended, ...finished].sort((a, b) => b.score - a.score).slice(0, beamSize);
        const running = last ? [] : candidates.filter(({ token }) => token !== end).slice(0, beamSize);
        if (running.length > 0) {
          search.beams = running;
          search.done = canStop(search, generated + 1, earlyStopping, settings);
          return;
        }
        // Only where everything is forbidden has nothing finished by now.
        if (search.ended.length === 0) {
          search.ended = search.beams.map((beam) => {
            return toGeneration(beam, search.prompt.length, false, divide(beam.sum, Math.max(generated, 1), settings));
          });
        }
        search.done = true;
      },
    },
  );
}

function canStop(
  { beams, ended }: ExampleSearch,
  length: number,
  earlyStopping: EarlyStopping,
  options: CheckedBeamOptions,
): boolean {
  if (ended.length < options.beamSize) return false;
  if (earlyStopping === true) return true;
  const reached = earlyStopping === "never" && options.lengthPenalty > 0 ? options.maxLength : length;
  return divide(beams[0]!.sum, reached, options) <= ended.at(-1)!.score;
}

function divide(sum: number, length: number, { lengthPenalty }: CheckedBeamOptions): number {
  return Math.fround(sum / Math.fround(length ** lengthPenalty));
}
