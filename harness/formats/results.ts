import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { unguardText } from "../files/csv-field.js";
import { type RecordsOptions, readRecords } from "../files/records.js";
import { Id, isId } from "./ids.js";
import { TrueFalse } from "./nlvr2.js";
import { SNLI_VE_LABELS } from "./snli-ve.js";

/*
 * What a system said, in the formats the official programs take. Ids are checked by alignPredictions.
 * A system's translations are plain text, a translation on each line.
 */

/** A caption for an image. */
export interface CaptionPrediction {
  id: string;
  caption: string;
}

const CaptionResult = z
  .object({ image_id: Id, caption: z.string() })
  .describe("COCO results: a JSON array (or JSON lines) of {image_id, caption}");

/** An answer to a question. */
export interface VqaPrediction {
  id: string;
  answer: string;
}

const VqaResult = z
  .object({ question_id: Id, answer: z.string() })
  .describe("VQA results: a JSON array (or JSON lines) of {question_id, answer}");

const Nlvr2Result = z
  .object({ identifier: z.string(), prediction: TrueFalse })
  .transform(({ identifier, prediction: label }) => ({ id: unguardText(identifier), label }))
  .describe("NLVR2 results: csv lines `identifier,True` or a JSON array (or JSON lines) of {identifier, prediction}");
/** Whether a statement is said to be true. */
export type Nlvr2Prediction = z.output<typeof Nlvr2Result>;

const SnliVeResult = z
  .object({ pairID: z.string(), prediction: z.string().toLowerCase().pipe(z.enum(SNLI_VE_LABELS)) })
  .transform(({ pairID, prediction: label }) => ({ id: unguardText(pairID), label }))
  .describe("SNLI-VE results: csv lines `pairID,label` or a JSON array (or JSON lines) of {pairID, prediction}");
/** The label said of a pair. */
export type SnliVePrediction = z.output<typeof SnliVeResult>;

/** @throws SimvlmError what {@link readRecords} throws, `empty-predictions` */
export async function readCaptionResults(path: string): Promise<CaptionPrediction[]> {
  const results = await readResults(path, CaptionResult, {
    isRight: (result) => isId(result?.image_id) && typeof result?.caption === "string",
  });
  return results.map(({ image_id, caption }) => ({ id: String(image_id), caption }));
}

/** @throws SimvlmError what {@link readRecords} throws, `empty-predictions` */
export async function readVqaResults(path: string): Promise<VqaPrediction[]> {
  const results = await readResults(path, VqaResult, {
    isRight: (result) => isId(result?.question_id) && typeof result?.answer === "string",
  });
  return results.map(({ question_id, answer }) => ({ id: String(question_id), answer }));
}

/** @throws SimvlmError what {@link readRecords} throws, `empty-predictions` */
export function readNlvr2Results(path: string): Promise<Nlvr2Prediction[]> {
  return readResults(path, Nlvr2Result, { columns: ["identifier", "prediction"] });
}

/** @throws SimvlmError what {@link readRecords} throws, `empty-predictions` */
export function readSnliVeResults(path: string): Promise<SnliVePrediction[]> {
  return readResults(path, SnliVeResult, { columns: ["pairID", "prediction"] });
}

const CompletionResult = z
  .object({ id: Id, completion: z.string() })
  .transform(({ id, completion }) => ({ id: String(id), completion }))
  .describe("completions: a JSON array (or JSON lines) of {id, completion}");

/** @throws SimvlmError what {@link readRecords} throws, `empty-predictions` */
export function readCompletions(path: string): Promise<{ id: string; completion: string }[]> {
  return readResults(path, CompletionResult, {});
}

async function readResults<T>(path: string, schema: z.ZodType<T>, options: RecordsOptions<T>): Promise<T[]> {
  return requirePredictions(await readRecords(path, schema, options), path, schema.description ?? "predictions");
}

/**
 * What every reader of results promises: at least one.
 * @param description of what the file should be
 * @throws SimvlmError `empty-predictions`
 */
export function requirePredictions<T>(predictions: T[], path: string, description: string): T[] {
  if (predictions.length > 0) return predictions;
  throw new SimvlmError("empty-predictions", `${path} has no predictions. This should be ${description}.`);
}

/** Results as a JSON array on one line. */
export function formatJsonResults<P>(predictions: readonly P[], toRecord: (prediction: P) => object): string {
  return `${JSON.stringify(predictions.map(toRecord))}\n`;
}
