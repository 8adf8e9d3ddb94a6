import { pairedPermutationAll, type ResamplingOptions, resampleAhead } from "@simvlm/metrics";
import { countProcessors } from "../processors.js";
import { pairResults } from "../tasks/uncertainty.js";
import type { MeasurableRun } from "./measure.js";

/** So many examples are drawn in about the time that a thread takes to start. */
const FEWEST_DRAWN = 10_000_000;

/**
 * Resamples ahead what `measureRuns` asks for of several runs: the bootstrap's sets in another thread, while this one tosses
 * the coins of the permutation tests. Nothing is done where that saves no time, nor where there is no thread to be had: what
 * is not resampled here is resampled when it is asked for, with the same numbers.
 * @param processors that may be used
 */
export async function resampleBeside(
  runs: readonly MeasurableRun[],
  resampling: Required<ResamplingOptions>,
  processors = countProcessors(),
): Promise<void> {
  const [first, ...others] = runs;
  if (processors < 2 || !first || others.length === 0) return;
  if (first.scored.ids.length * resampling.resamples < FEWEST_DRAWN) return;
  const { HelperThread } = await import("../threads/helper-thread.js");
  const thread = new HelperThread();
  const results = runs.flatMap(({ scored }) => scored.results);
  const drawn = resampleAhead(results, resampling, (drawing) => thread.ask("sumDrawn", drawing)).catch(() => {});
  try {
    pairedPermutationAll(
      others.flatMap(({ scored }) => pairResults(scored, first.scored)),
      resampling,
    );
    await drawn;
  } finally {
    thread.end();
  }
}
