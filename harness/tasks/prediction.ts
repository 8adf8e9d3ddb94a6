import { z } from "zod";
import type { InOrder } from "../formats/results/results-form.js";
import type { TaskExample } from "./task.js";
import { type Usage, UsageSchema } from "./usage.js";

/**
 * What can be wrong with an answer that came: cut at the limit of tokens, held back or shortened by a filter, refused by
 * the model, or broken off for a reason that is not known to mean its end.
 */
export const FLAWS = ["cut", "filtered", "refused", "unfinished"] as const;
/** One of {@link FLAWS}. */
export type Flaw = (typeof FLAWS)[number];

const Part = z.object({ type: z.string(), text: z.string().optional() });

/** A {@link RawReply} as JSON has it. */
export const RawReplySchema = z.object({
  content: z.union([z.string(), z.array(Part), z.null()]),
  reasoning: z.string().optional(),
  refusal: z.string().optional(),
  calledTool: z.literal(true).optional(),
  finishReason: z.string().nullable(),
  nativeFinishReason: z.string().optional(),
  filters: z.array(z.string()).optional(),
});

/** A chat model's reply as it came, before thoughts were taken out of it. */
export interface RawReply {
  /** One text, or the parts it came in; null for none. */
  readonly content: string | readonly { readonly type: string; readonly text?: string }[] | null;
  /** The thoughts that the server gave apart. */
  readonly reasoning?: string;
  /** Why the model does not answer, in its words. */
  readonly refusal?: string;
  /** Whether it wants a tool or a function to be called. */
  readonly calledTool?: true;
  /** Why the model stopped, in the server's words; null where it does not say. */
  readonly finishReason: string | null;
  /** The same in the words of the server behind the server. */
  readonly nativeFinishReason?: string;
  /** The filters that held something back, of the question or the answer. */
  readonly filters?: readonly string[];
}

/** What a system says to one example. */
export interface Prediction {
  readonly id: string;
  /** The caption, answer, class or translation. */
  readonly prediction: string;
  /** Natural log-probability of a generated text under the model, its end included. */
  readonly logProbability?: number;
  /** What is wrong with it, where it was asked for nevertheless. */
  readonly flaw?: Flaw;
  readonly reply?: RawReply;
  readonly usage?: Usage;
}

/** A prediction as a file has it. */
export interface FilePrediction extends Prediction {
  /** Of files whose records may follow the order of the examples. */
  readonly inOrder?: InOrder;
}

/** An example that could not be predicted, because its picture cannot be read or an endpoint does not answer. */
export interface Failure {
  readonly id: string;
  readonly error: string;
  /** It was not asked, for want of a picture, as it was told. */
  readonly leftOut?: true;
  /** What was wrong with the answer, where one came. */
  readonly flaw?: Flaw;
  readonly reply?: RawReply;
  readonly usage?: Usage;
}

/** What came of asking one example. */
export type Outcome = Prediction | Failure;

const reading = {
  flaw: z.enum(FLAWS).optional(),
  reply: RawReplySchema.optional(),
  usage: UsageSchema.optional(),
};

/** An outcome as a JSON line holds it. */
export const OutcomeLine: z.ZodType<Outcome> = z
  .union(
    [
      z.object({ id: z.string(), prediction: z.string(), logProbability: z.number().optional(), ...reading }),
      z.object({ id: z.string(), error: z.string(), leftOut: z.literal(true).optional(), ...reading }),
    ],
    'expected {"id", "prediction"} or {"id", "error"}',
  )
  .transform((line): Outcome => line as Outcome) // what may be missing is not there rather than undefined
  .describe('the predictions.jsonl of a run: lines {"id", "prediction", "logProbability"?} or {"id", "error"}');

/** Whether there is no prediction. */
export function isFailure(outcome: Outcome): outcome is Failure {
  return "error" in outcome;
}

/** Where predictions come from: a model of ours, a file, somebody's endpoint. */
export interface Predictor {
  /** What a manifest says of it; JSON. */
  readonly description: Readonly<Record<string, unknown>>;
  /**
   * Called before it is described, where it must find out how it can ask.
   * @param kept what the manifest of the run that is continued says of it; undefined for a new run
   */
  prepare?(examples: readonly TaskExample[], kept: Readonly<Record<string, unknown>> | undefined): Promise<void>;
  /** How texts are decoded, all that was not asked for filled in; absent where none are, or where nobody knows. */
  readonly decoding?: Readonly<Record<string, unknown>>;
  /** Whether it looks at the examples' pictures. */
  readonly readsPictures?: boolean;
  /** How many examples are best given at a time. Results do not depend on it. */
  readonly batchSize: number;
  /** How many batches may be predicted at the same time, none of them waiting for another; default 1. */
  readonly concurrency?: number;
  /**
   * One outcome an example, in their order. Throws only if none of the others can be predicted either.
   * @param next what will be asked afterwards, as the very array: its pictures may be loaded meanwhile
   */
  predict(examples: readonly TaskExample[], next?: readonly TaskExample[]): Promise<Outcome[]>;
  /** Breaks off what is being predicted; nothing is asked any more. */
  close?(): void;
}
