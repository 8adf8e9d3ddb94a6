import { appendFile, readFile } from "node:fs/promises";
import { writeFileAtomic } from "../files/atomic.js";
import { attemptWrite } from "../files/system-error.js";

/** A line of the log: its kind, the step that it belongs to, and whatever else there is to say. */
export type LogLine = { readonly type: "step" | "sample" | "fault" | "resume"; readonly step: number } & Readonly<
  Record<string, unknown>
>;

/** A training's log: JSON lines, one by one. */
export class TrainingLog {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens the log of a training that continues after `step`: whatever was logged of later steps is dropped. */
  static async open(path: string, step: number): Promise<TrainingLog> {
    const lines = await readTrainingLog(path);
    const kept = lines.filter((line) => line.step <= step);
    if (kept.length < lines.length || step === 0) {
      await writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
    }
    return new TrainingLog(path);
  }

  async append(line: LogLine): Promise<void> {
    await attemptWrite(this.#path, () => appendFile(this.#path, `${JSON.stringify(line)}\n`));
  }
}

/**
 * The lines of a log, as JSON. A last line that was cut off when the process was killed is left out; a log that does
 * not exist has no lines.
 */
export async function readTrainingLog(path: string): Promise<LogLine[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}
