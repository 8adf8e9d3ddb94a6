import { isUtf8 } from "node:buffer";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { parseJsonLines } from "../files/json.js";
import { attemptWrite } from "../files/system-error.js";
import { findRepeated, listIds } from "../formats/ids.js";
import { type Outcome, OutcomeLine } from "../tasks/prediction.js";
import { RUN_FILES } from "./manifest.js";

const LINE_FEED = 0x0a;

/** What a run has said so far. */
export interface OutcomeLog {
  /** One an example. */
  readonly outcomes: Outcome[];
  /** Whether the end of a line that was being written when the run was killed had to be left out. */
  readonly torn: boolean;
}

/**
 * What a run has said so far; nothing if it has not begun.
 * @param folder of the run
 * @throws SimvlmError `unreadable-file`, `not-utf8`, `not-json`, `wrong-schema`, `duplicate-predictions`
 */
export async function readLog(folder: string): Promise<OutcomeLog> {
  const path = join(folder, RUN_FILES.predictions);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return Buffer.alloc(0);
    throw new SimvlmError("unreadable-file", `${path} cannot be read: ${cause.message}`, { cause });
  });
  const whole = bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1);
  if (!isUtf8(whole)) {
    throw new SimvlmError(
      "not-utf8",
      `${path} is not UTF-8 text: it is damaged. Start the run again in another folder.`,
    );
  }
  const outcomes = parseJsonLines(whole.toString("utf8"), path, OutcomeLine);
  const repeated = findRepeated(outcomes);
  if (repeated.length > 0) {
    throw new SimvlmError("duplicate-predictions", `${path}: more than one line for id ${listIds(repeated)}.`);
  }
  return { outcomes, torn: whole.length < bytes.length };
}

/** One JSON line an outcome. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  return outcomes.map((outcome) => `${JSON.stringify(toLine(outcome))}\n`).join("");
}

/** A log-probability that JSON cannot hold is left out. */
function toLine(outcome: Outcome): Outcome {
  if ("error" in outcome) return { id: outcome.id, error: outcome.error };
  const { id, prediction, logProbability } = outcome;
  return { id, prediction, ...(Number.isFinite(logProbability) && { logProbability: logProbability! }) };
}

/** Adds to a run's predictions; each call is on the disk when it returns. */
export interface LogWriter {
  append(outcomes: readonly Outcome[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param folder of the run
 * @throws SimvlmError `cannot-write`, then or when it appends
 */
export async function openLog(folder: string): Promise<LogWriter> {
  const path = join(folder, RUN_FILES.predictions);
  const file: FileHandle = await attemptWrite(path, () => open(path, "a"));
  return {
    append: (outcomes) =>
      attemptWrite(path, async () => {
        await file.appendFile(formatOutcomes(outcomes));
        await file.sync();
      }),
    close: () => file.close(),
  };
}
