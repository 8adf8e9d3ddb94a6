import { isUtf8 } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { parseJsonLines } from "../files/parse-json.js";
import { attemptWrite } from "../files/system-error.js";
import { readWholeLines } from "../files/whole-lines.js";
import { findRepeated, listIds } from "../formats/ids.js";
import { type Outcome, OutcomeLine } from "../tasks/prediction.js";
import { RUN_FILES } from "./manifest.js";

/** What a run has said so far. */
export interface OutcomeLog {
  /** One an example: the last line of each counts. */
  readonly outcomes: Outcome[];
  /** The ids that have more than one line, as two processes left them that wrote at the same time. */
  readonly repeated: readonly string[];
  /** Whether the end of a line that was being written when the run was killed had to be left out. */
  readonly torn: boolean;
}

/**
 * What a run has said so far; nothing if it has not begun.
 * @param folder of the run
 * @throws SimvlmError `unreadable-file`, `not-utf8`, `not-json`, `wrong-schema`
 */
export async function readLog(folder: string): Promise<OutcomeLog> {
  const path = join(folder, RUN_FILES.predictions);
  const { bytes, text, torn } = await readWholeLines(path);
  if (!isUtf8(bytes)) {
    throw new SimvlmError(
      "not-utf8",
      `${path} is not UTF-8 text: it is damaged. Start the run again in another folder.`,
    );
  }
  const lines = parseJsonLines(text, path, OutcomeLine);
  const repeated = findRepeated(lines);
  const outcomes = repeated.length === 0 ? lines : [...new Map(lines.map((line) => [line.id, line])).values()];
  return { outcomes, repeated, torn };
}

/** What is to be known of a log in which ids have more than one line, without a full stop; nothing for any other. */
export function describeRepeated({ repeated }: OutcomeLog): string[] {
  if (repeated.length === 0) return [];
  return [`${RUN_FILES.predictions} has more than one line for id ${listIds(repeated)}: the last of each counts`];
}

/** One JSON line an outcome. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  return outcomes.map((outcome) => `${JSON.stringify(toLine(outcome))}\n`).join("");
}

/** In one order of fields; a log-probability that JSON cannot hold is left out. */
function toLine(outcome: Outcome): Outcome {
  const { id, flaw, reply, usage } = outcome;
  const came = { ...(flaw && { flaw }), ...(reply && { reply }), ...(usage && { usage }) };
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
  const file: FileHandle = await attemptWrite(path, () => open(path, "a"));
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
      written = written.then(() => attemptWrite(path, write));
      return written;
    },
    close: () => file.close(),
  };
}
