import { z } from "zod";
import { parseJsonLines } from "../files/json.js";
import { splitLines } from "../files/lines.js";
import { readRecords } from "../files/records.js";
import { readText } from "../files/text.js";
import { Id } from "../formats/ids.js";
import { readCaptionResults, readNlvr2Results, readSnliVeResults, readVqaResults } from "../formats/results.js";
import { readEsnliVe, readSnliVe } from "../formats/snli-ve.js";
import { OutcomeLine } from "../runs/log.js";
import { isFailure, type Prediction } from "../tasks/prediction.js";
import type { TaskName } from "../tasks/task.js";

/**
 * Predictions from a file: a run's predictions.jsonl, whose failures are left out, or the task's results format.
 * @throws SimvlmError what the task's reader throws
 */
export async function readPredictions(task: TaskName, path: string): Promise<Prediction[]> {
  const text = await readText(path);
  if (isOutcomeLine(text.split("\n", 1)[0]!)) {
    return parseJsonLines(text, path, OutcomeLine).flatMap((outcome) => (isFailure(outcome) ? [] : [outcome]));
  }
  return READERS[task](path);
}

function isOutcomeLine(line: string): boolean {
  try {
    return OutcomeLine.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}

const Completion = z
  .object({ id: Id, completion: z.string() })
  .transform(({ id, completion }): Prediction => ({ id: String(id), prediction: completion }))
  .describe("completions: a JSON array (or JSON lines) of {id, completion}");

const READERS: Readonly<Record<TaskName, (path: string) => Promise<Prediction[]>>> = {
  caption: async (path) => (await readCaptionResults(path)).map(({ id, caption }) => ({ id, prediction: caption })),
  vqa: async (path) => (await readVqaResults(path)).map(({ id, answer }) => ({ id, prediction: answer })),
  nlvr2: async (path) =>
    (await readNlvr2Results(path)).map(({ id, label }) => ({ id, prediction: label ? "True" : "False" })),
  "snli-ve": async (path) => (await readSnliVeResults(path)).map(({ id, label }) => ({ id, prediction: label })),
  translate: async (path) =>
    splitLines(await readText(path)).map((line, i) => ({ id: String(i + 1), prediction: line })),
  complete: (path) => readRecords(path, Completion),
};

/** Examples that may be predicted although nobody is asked them: SNLI-VE's pairs on whose label people disagree. */
export async function readIgnoredIds(task: TaskName, references: string | undefined): Promise<readonly string[]> {
  if (task !== "snli-ve" || references === undefined) return [];
  const read = /\.csv(\.gz)?$/.test(references) ? readEsnliVe : readSnliVe;
  return (await read(references)).unlabelled;
}
