import { open } from "node:fs/promises";
import { writeFileAtomic } from "../files/atomic.js";
import { attemptWrite } from "../files/system-error.js";
import { readWholeLines } from "../files/whole-lines.js";

/** A line of the log: its kind, the step that it belongs to, and whatever else there is to say. */
export type LogLine = { readonly type: "step" | "sample" | "fault"; readonly step: number } & Readonly<
  Record<string, unknown>
>;

/** A training's log: JSON lines, in the order of their steps. */
export class TrainingLog {
  readonly #path: string;
  #deferred: readonly LogLine[] = [];
  /** What had to be mended in what was there, a sentence each. */
  readonly notes: readonly string[];

  private constructor(path: string, notes: readonly string[]) {
    this.#path = path;
    this.notes = notes;
  }

  /**
   * Opens the log of a training that continues after `step`: whatever was logged of later steps is dropped; of lines that
   * two processes wrote at the same time the last one stays.
   * @throws SimvlmError `cannot-write`, `unreadable-file`
   */
  static async open(path: string, step: number): Promise<TrainingLog> {
    const { text, torn } = await readWholeLines(path);
    const lines = parseLines(text).filter((line) => line.step <= step);
    const kept = [...new Map(lines.map((line) => [nameOf(line), line])).values()];
    const repeated = lines.length - kept.length;
    const repaired = formatLines(kept);
    if (torn || repaired !== text || step === 0) await writeFileAtomic(path, repaired);
    const note = `${path} had ${repeated} lines twice: the last of each stays`;
    return new TrainingLog(path, repeated > 0 ? [note] : []);
  }

  /** @throws SimvlmError `cannot-write` */
  async append(line: LogLine): Promise<void> {
    const before = this.#take(line.step);
    await this.#write([...before, line]);
  }

  /** Adds a line of a step that has not been made yet: it is written before the first line that follows it. */
  defer(line: LogLine): void {
    this.#deferred = [...this.#deferred, line];
  }

  /** Forces everything up to a step to the disk; without one, all there is. @throws SimvlmError `cannot-write` */
  async flush(step = Number.POSITIVE_INFINITY): Promise<void> {
    await this.#write(this.#take(step), true);
  }

  #take(step: number): LogLine[] {
    const due = this.#deferred.filter((line) => line.step <= step);
    this.#deferred = this.#deferred.filter((line) => line.step > step);
    return due;
  }

  async #write(lines: readonly LogLine[], durably = false): Promise<void> {
    await attemptWrite(this.#path, async () => {
      const file = await open(this.#path, "a");
      try {
        if (lines.length > 0) await file.appendFile(formatLines(lines));
        if (durably) await file.sync();
      } finally {
        await file.close();
      }
    });
  }
}

/**
 * The lines of a log, as JSON. A last line that was cut off when the process was killed is left out; a log that does
 * not exist has no lines.
 * @throws SimvlmError `unreadable-file`
 */
export async function readTrainingLog(path: string): Promise<LogLine[]> {
  return parseLines((await readWholeLines(path)).text);
}

function parseLines(text: string): LogLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}

const formatLines = (lines: readonly LogLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** What there is one line of. */
function nameOf({ type, step, id, where, problem }: LogLine): string {
  return JSON.stringify([type, step, id, where, problem]);
}
