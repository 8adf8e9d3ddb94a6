import { inSlices } from "../slices.js";
import type { Outcome, Predictor } from "../tasks/prediction.js";
import type { TaskExample } from "../tasks/task.js";

/** How predicting is watched and stopped. */
interface PredictBatchesOptions {
  /** Whoever predicts stops after the batch that is being predicted. */
  readonly signal?: AbortSignal | undefined;
  /** Puts what a batch came to where it stays; the next batch of the same worker waits for it. */
  readonly keep: (outcomes: readonly Outcome[]) => Promise<void>;
}

/**
 * Predicts examples batch by batch, as many batches at a time as the predictor takes. Each worker goes on as soon as its
 * own batch is kept. Where one throws, the predictor is closed, and what others have is kept.
 * @returns whether every example has been asked: false when it was stopped
 */
export async function predictBatches(
  predictor: Predictor,
  examples: readonly TaskExample[],
  { signal, keep }: PredictBatchesOptions,
): Promise<boolean> {
  const { batchSize, concurrency = 1 } = predictor;
  const batches = inSlices(examples, batchSize);
  let begun = 0;
  let fault: { readonly error: unknown } | undefined;

  const work = async (): Promise<void> => {
    while (begun < batches.length && !signal?.aborted && !fault) {
      const batch = batches[begun++]!;
      const next = concurrency === 1 ? batches[begun] : undefined;
      await keep(requireEach(batch, await predictor.predict(batch, next)));
    }
  };
  const stop = (error: unknown): void => {
    if (fault) return; // the others only say that the predictor was closed
    fault = { error };
    predictor.close?.();
  };
  const workers = Math.min(concurrency, batches.length);
  await Promise.all(Array.from({ length: workers }, () => work().catch(stop)));
  if (fault) throw fault.error;
  return begun === batches.length;
}

/** A predictor that mixes examples up is a bug, not bad input. */
function requireEach(batch: readonly TaskExample[], outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length === batch.length && batch.every(({ id }, i) => outcomes[i]!.id === id)) return outcomes;
  throw new Error(`The predictor was given ${batch.map(({ id }) => id)} and answered ${outcomes.map(({ id }) => id)}.`);
}
