import {
  type BeamOptions,
  type BeamRules,
  type CheckedBeamOptions,
  type Continuation,
  type ExampleSearch,
  searchByBeams,
  toGeneration,
  UNLIKELY,
} from "./beams.js";
import type { Decoder } from "./decoder.js";
import type { Generation } from "./search-options.js";
import { topK } from "./torch-order.js";

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

/**
 * Beam search as Hugging Face's transformers 5.24 has it: of the `2 · beamSize` best continuations those that end may
 * finish if they are among the first `beamSize`, and the best `beamSize` of the others go on. At `maxLength` those that
 * run count as finished. Numbers are float32, and equal ones in the order they have there.
 * @returns for each example up to `beamSize` generations, best first; the first n are what `num_return_sequences` = n
 *   returns, and a score is what `sequences_scores` has
 * @throws SimvlmError `bad-decoding-options`
 */
export function decodeByLibraryBeamSearch<Prefix>(
  decoder: Decoder<Prefix>,
  prefix: Prefix,
  { earlyStopping = false, ...options }: LibraryBeamOptions,
): Promise<Generation[][]> {
  const rules: BeamRules = {
    lengthPenalty: 1,
    asTorch: true,
    advance(search, candidates, generated, settings) {
      const last = generated + 1 === settings.maxLength;
      const ends = ({ token }: Continuation) => last || token === settings.end;
      finish(search, candidates, ends, generated + 1, settings);
      const running = chooseRunning(candidates, ends, settings);
      if (running.length === 0) {
        // Only where everything is forbidden has nothing finished by now.
        if (search.ended.length === 0) search.ended = stopAll(search, generated, settings);
        search.done = true;
        return;
      }
      search.beams = running;
      search.done = canStop(search, generated + 1, earlyStopping, settings);
    },
  };
  return searchByBeams(decoder, prefix, { suppress: [], ...options }, rules);
}

/** Which continuations end. */
type Ends = (continuation: Continuation) => boolean;

/** Puts those of the first `beamSize` that end among the finished, of which the best `beamSize` are kept. */
function finish(
  search: ExampleSearch,
  candidates: readonly Continuation[],
  ends: Ends,
  length: number,
  options: CheckedBeamOptions,
): void {
  const { beamSize, end } = options;
  const places: (Generation | undefined)[] = Array.from({ length: beamSize }, (_, place) => search.ended[place]);
  const entrants = Array.from({ length: 2 * beamSize }, (_, rank) => {
    const hypothesis = candidates[rank];
    if (!hypothesis || rank >= beamSize || !ends(hypothesis)) return undefined;
    const score = divide(hypothesis.sum, length, options);
    return toGeneration(hypothesis, search.prompt.length, hypothesis.token === end, score);
  });
  const merged = [...places, ...entrants];
  const scores = merged.map((generation) => generation?.score ?? UNLIKELY);
  search.ended = topK(scores, beamSize).flatMap((index) => merged[index] ?? []);
}

/** The best `beamSize` of those that do not end. */
function chooseRunning(candidates: readonly Continuation[], ends: Ends, { beamSize }: CheckedBeamOptions) {
  const sums = Array.from({ length: 2 * beamSize }, (_, rank) => {
    const hypothesis = candidates[rank];
    if (!hypothesis) return -Infinity;
    return ends(hypothesis) ? Math.fround(hypothesis.sum + UNLIKELY) : hypothesis.sum;
  });
  return topK(sums, beamSize).flatMap((rank) => {
    const hypothesis = candidates[rank];
    return hypothesis && !ends(hypothesis) ? [hypothesis] : [];
  });
}

/** The beams as they stand. */
function stopAll({ beams, prompt }: ExampleSearch, generated: number, options: CheckedBeamOptions): Generation[] {
  return beams
    .filter(({ sum }) => sum > UNLIKELY / 2)
    .map((beam) => toGeneration(beam, prompt.length, false, divide(beam.sum, Math.max(generated, 1), options)));
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

/** The score of a text of so many tokens. */
function divide(sum: number, length: number, { lengthPenalty }: CheckedBeamOptions): number {
  return Math.fround(sum / Math.fround(length ** lengthPenalty));
}
