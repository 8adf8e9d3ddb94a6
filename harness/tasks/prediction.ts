import { z } from "zod";
import type { TaskExample } from "./task.js";

/** What a system says to one example. */
export interface Prediction {
  readonly id: string;
  /** The caption, answer, class or translation. */
  readonly prediction: string;
  /** Natural log-probability of a generated text under the model, its end included. */
  readonly logProbability?: number;
}

/** An example that could not be predicted, because its picture cannot be read or an endpoint does not answer. */
export interface Failure {
  readonly id: string;
  readonly error: string;
}

/** What came of asking one example. */
export type Outcome = Prediction | Failure;

/** An outcome as a JSON line holds it. */
export const OutcomeLine: z.ZodType<Outcome> = z
  .union(
    [
      z.object({ id: z.string(), prediction: z.string(), logProbability: z.number().optional() }),
      z.object({ id: z.string(), error: z.string() }),
    ],
    'expected {"id", "prediction"} or {"id", "error"}',
  )
  .transform((line): Outcome => line as Outcome) // `logProbability` is not there rather than undefined
  .describe('the predictions.jsonl of a run: lines {"id", "prediction", "logProbability"?} or {"id", "error"}');

/** Whether there is no prediction. */
export function isFailure(outcome: Outcome): outcome is Failure {
  return "error" in outcome;
}

/** Where predictions come from: a model of ours, a file, somebody's endpoint. */
export interface Predictor {
  /** What a manifest says of it; JSON. */
  readonly description: Readonly<Record<string, unknown>>;
  /** How texts are decoded, all that was not asked for filled in; absent where none are, or where nobody knows. */
  readonly decoding?: Readonly<Record<string, unknown>>;
  /** How many examples are best given at a time. Results do not depend on it. */
  readonly batchSize: number;
  /**
   * One outcome an example, in their order. Throws only if none of the others can be predicted either.
   * @param next what will be asked afterwards, as the very array: its pictures may be loaded meanwhile
   */
  predict(examples: readonly TaskExample[], next?: readonly TaskExample[]): Promise<Outcome[]>;
}
