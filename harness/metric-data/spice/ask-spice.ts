import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { SimvlmError, type SpiceJudgement, type SpiceQuestion } from "@simvlm/metrics";
import { writeFileAtomic } from "../../files/atomic.js";
import { makeTemporaryFolder } from "../../files/folders.js";
import { readJson } from "../../files/json.js";
import { runTied } from "../tied-process.js";
import { SpiceAnswers, toJudgement } from "./answers.js";
import type { SpiceProgram } from "./installed.js";
import { flagsFor } from "./java.js";

const MAIN_CLASS = "edu.anu.spice.SpiceScorer";
/** How one sees from an exit code that a signal ended the program; 128 and the signal's number. */
const STOPPED_CODES = [129, 130, 143];
/** The same of SIGKILL. */
const KILLED_CODE = 137;

/** How one process of SPICE's runs. */
export interface AskOptions {
  /** What Java's heap may grow to. */
  readonly megabytes: number;
  readonly limitMs: number;
  /** The folder in which the program keeps what it has parsed; undefined for none. */
  readonly parses?: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** It did not answer as it should: that may lie in the captions, in its cache, in the memory or in the time it had. */
export class SpiceFailure extends Error {
  /** @param why `memory`: more of it may help; `ended`: so it came to its end by itself, of whatever; `outside`: it was ended */
  constructor(
    message: string,
    readonly why: "memory" | "ended" | "outside" = "ended",
  ) {
    super(message);
  }
}

/** What is thrown where the work was stopped from outside. */
export function stopped(): SimvlmError {
  return new SimvlmError(
    "stopped",
    "SPICE was stopped. What it had found out is kept: the same command goes on from there.",
  );
}

/**
 * Has SPICE's program judge captions in a process of its own.
 * @returns a judgement for each question
 * @throws SpiceFailure, and SimvlmError `stopped`, `cannot-write`
 */
export async function askSpice(
  { java, jars, nashorn }: SpiceProgram,
  questions: readonly SpiceQuestion[],
  { megabytes, limitMs, parses, signal }: AskOptions,
): Promise<SpiceJudgement[]> {
  const folder = await makeTemporaryFolder("spice");
  try {
    const [input, output] = [join(folder, "input.json"), join(folder, "output.json")];
    const asked = questions.map(({ caption, references }, i) => ({ image_id: i, test: caption, refs: references }));
    await writeFileAtomic(input, JSON.stringify(asked));
    const flags = [...flagsFor(java, nashorn), `-Xmx${megabytes}m`, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"];
    const cache = parses === undefined ? [] : ["-cache", parses];
    const options = [...cache, "-out", output, "-detailed", "-subset", "-silent", "-threads", "1"];
    await run(java.path, [...flags, "-cp", jars.join(delimiter), MAIN_CLASS, input, ...options], {
      cwd: folder,
      limitMs,
      signal,
    });
    return await readAnswers(output, questions.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ids are numbers from 0: an answer that belongs to another question is seen. */
async function readAnswers(path: string, count: number): Promise<SpiceJudgement[]> {
  const answers = await readJson(path, SpiceAnswers).catch((error: Error) => {
    throw new SpiceFailure(`its answer cannot be read: ${error.message}`);
  });
  if (answers.length === count && answers.every(({ image_id }, i) => image_id === i)) return answers.map(toJudgement);
  throw new SpiceFailure(`it was asked about ${count} images, and its ${answers.length} answers are not of these`);
}

interface RunOptions {
  readonly cwd: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

async function run(path: string, args: readonly string[], options: RunOptions): Promise<void> {
  const { limitMs, signal } = options;
  if (signal.aborted) throw stopped();
  const { code, isLate, said } = await runTied(path, args, options);
  if (signal.aborted || STOPPED_CODES.includes(code)) throw stopped();
  if (isLate) throw new SpiceFailure(`it was not done after ${Math.round(limitMs / 1000)} s`, "outside");
  if (code === KILLED_CODE)
    throw new SpiceFailure("it was killed, perhaps by the system for want of memory", "outside");
  if (code === 0) return;
  throw new SpiceFailure(
    `it ended with ${code}${lastWords(said)}`,
    said.includes("OutOfMemoryError") ? "memory" : "ended",
  );
}

/** The line that names an error, or else the last one. */
function lastWords(said: string): string {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
  const line = lines.findLast((each) => /Error|Exception/.test(each) && !/^\s+at /.test(each)) ?? lines.at(-1);
  return line === undefined ? "" : `: ${line.trim().slice(0, 300)}`;
}
