import type { BatchPart } from "./trainer.js";

/** A batch with what is needed to say where it came from, and to go on after it. */
export interface SourcedBatch<Batch> {
  readonly parts: readonly BatchPart<Batch>[];
  readonly ids: readonly string[];
  /** Where the source stands after this batch; JSON. */
  readonly position: unknown;
  /** Examples that could not be read so far. */
  readonly faults: number;
}

/** Batches in order, without end. */
export interface BatchSource<Batch> {
  /** @param step 1 for the first; all that is random in the batch depends on the seed and on this alone */
  next(step: number): Promise<SourcedBatch<Batch>>;
  close(): Promise<void>;
}
