import { isUtf8 } from "node:buffer";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { requireFile } from "../files/open-file.js";
import { parseJsonLines } from "../files/parse-json.js";
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
  const bytes = await readLogBytes(path);
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

async function readLogBytes(path: string): Promise<Buffer> {
  try {
    await requireFile(path);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof SimvlmError && cause.code === "missing-file") return Buffer.alloc(0);
    if (cause instanceof SimvlmError) throw cause;
    throw new SimvlmError("unreadable-file", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** One JSON line an outcome. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  return outcomes.map((outcome) => `${JSON.stringify(toLine(outcome))}\n`).join("");
}

/** In one order of fields; a log-probability that JSON cannot hold is left out. */
function toLine(outcome: Outcome): Outcome {
  const { id, flaw, reply } = outcome;
  const came = { ...(flaw && { flaw }), ...(reply && { reply }) };
  if ("error" in outcome) {
    return { id, error: outcome.error, ...(outcome.leftOut && { leftOut: true }), ...came };
  }
  const { prediction, logProbability } = outcome;
  return { id, prediction, ...(Number.isFinite(logProbability) && { logProbability: logProbability! }), ...came };
}

/** Adds to a run's predictions; each call is on the disk when it returns. Calls at the same time share one write. */
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
  const attempt = async <T>(write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } catch (cause) {
      throw new SimvlmError("cannot-write", `${path} cannot be written: ${(cause as Error).message}`, { cause });
    }
  };
  const file: FileHandle = await attempt(() => open(path, "a"));
  const queue: Outcome[] = [];
  let written = Promise.resolve();
  const write = async (): Promise<void> => {
    const outcomes = queue.splice(0);
    if (outcomes.length === 0) return;
    await file.appendFile(formatOutcomes(outcomes));
    await file.sync();
  };
  return {
    append(outcomes) {
      queue.push(...outcomes);
      written = written.then(() => attempt(write));
      return written;
    },
    close: () => file.close(),
  };
}
