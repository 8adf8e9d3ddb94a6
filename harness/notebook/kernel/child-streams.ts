import childProcess, { ChildProcess, type SpawnSyncReturns } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import type { Readable } from "node:stream";
import type { CellOutput } from "./cell-output.js";
import { type CurrentOutput, streamOf } from "./redirect-streams.js";
import type { StreamName } from "./stream-buffer.js";

/** Beyond these bytes a program that a cell waits for would fill the memory: it is ended. */
const MOST_BYTES = 2 ** 28;

/** Of standard output or standard error in a list of streams. */
type Place = 1 | 2;

/** A child's list of streams with pipes in place of those that it would inherit, and which those are. */
interface Inherited {
  readonly stdio: readonly unknown[];
  readonly streams: ReadonlyMap<Place, StreamName>;
}

/**
 * What child processes write to inherited streams goes to the cell that started them. Whoever started them sees no
 * difference: there is no `child.stdout`, and nothing is given back.
 */
export function captureChildren(currentOutput: CurrentOutput): void {
  captureAsynchronous(currentOutput);
  captureSynchronous(currentOutput);
  syncBuiltinESMExports();
}

/** Node's `spawn` of a child that exists; its own types leave it out. All that is asynchronous comes down to it. */
interface Spawning {
  spawn(this: ChildProcess, options: { stdio?: unknown }): number;
}

function captureAsynchronous(currentOutput: CurrentOutput): void {
  const prototype = ChildProcess.prototype as ChildProcess & Spawning;
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    const output = currentOutput();
    const { stdio, streams } = findInherited(options.stdio);
    if (output === undefined || streams.size === 0) return spawn.call(this, options);
    const error = spawn.call(this, { ...options, stdio });
    const fields: Partial<Record<StreamName, null>> = {};
    for (const [place, name] of streams) {
      const pipe = this.stdio[place] as (Readable & { unref?(): void }) | null | undefined;
      pipe?.on("data", (chunk: Buffer) => output.write(name, chunk));
      // Who does not wait for the process does not wait for what it writes.
      const unref = this.unref.bind(this);
      this.unref = () => [unref(), pipe?.unref?.()].at(0);
      (this.stdio as unknown[])[place] = null;
      fields[place === 1 ? "stdout" : "stderr"] = null;
    }
    Object.assign(this, fields);
    return error;
  };
}

type Result = SpawnSyncReturns<Buffer | string>;
type Run = (...args: unknown[]) => unknown;

/** What is asked for stands in the last argument. */
function captureSynchronous(currentOutput: CurrentOutput): void {
  const capture = (name: "spawnSync" | "execFileSync" | "execSync", captured: typeof runCaptured) => {
    const original = childProcess[name] as Run;
    const run: Run = (...args) => {
      const output = currentOutput();
      const options = args.at(-1);
      if (output === undefined || !isOptions(options)) return original(...args);
      const inherited = findInherited(options.stdio);
      if (inherited.streams.size === 0) return original(...args);
      const start = (changed: object) =>
        original(...args.slice(0, -1), { maxBuffer: MOST_BYTES, ...options, ...changed });
      return captured(start, inherited, output);
    };
    Object.assign(childProcess, { [name]: run });
  };
  capture("spawnSync", spawnCaptured);
  capture("execFileSync", runCaptured);
  capture("execSync", runCaptured);
}

type Start = (changed: object) => unknown;

function spawnCaptured(start: Start, { stdio, streams }: Inherited, output: CellOutput): Result {
  const result = start({ stdio }) as Result;
  for (const [place, name] of streams) output.write(name, result.output?.[place] ?? "");
  const kept = result.output?.map((written, place) => (streams.has(place as Place) ? null : written)) ?? null;
  return { ...result, output: kept, stdout: kept?.[1] ?? null, stderr: kept?.[2] ?? null } as Result;
}

/** By itself Node writes what goes to standard error to ours, which is the cell's. */
function runCaptured(start: Start, { stdio, streams }: Inherited, output: CellOutput): unknown {
  const name = streams.get(1);
  try {
    const result = start({ stdio: streams.has(2) ? undefined : stdio }) as string | Buffer;
    if (name !== undefined) output.write(name, result);
    return stdio[1] === "pipe" && name === undefined ? result : null;
  } catch (error) {
    if (name !== undefined) output.write(name, (error as Partial<Result>).output?.[1] ?? "");
    if (inherits(stdio[0])) explainNoInput(error as Error & Partial<Result>);
    throw error;
  }
}

function inherits(stdin: unknown): boolean {
  return stdin === "inherit" || stdin === 0 || stdin === process.stdin;
}

/** Programs that find no input fail without a word, or say so in words of their own. */
function explainNoInput(error: Error & Partial<Result>): void {
  const said = String(error.stderr ?? "");
  if (said.trim() !== "" && !/\beof\b|end of (?:file|input)|std_?in|\btty\b/i.test(said)) return;
  error.message +=
    "\nIf it asked for something: nobody is asked by a program that a cell starts, whose standard input is empty. " +
    'Give it the answer: { input: "…", stdio: ["pipe", "inherit", "inherit"] }.';
}

function isOptions(value: unknown): value is { readonly stdio?: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function findInherited(stdio: unknown): Inherited {
  const list: readonly unknown[] = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
  const streams = new Map<Place, StreamName>();
  for (const place of [1, 2] as const) {
    const name = list[place] === "inherit" ? (["stdout", "stderr"] as const)[place - 1] : streamOf(list[place]);
    if (name !== undefined) streams.set(place, name);
  }
  return { stdio: list.map((entry, place) => (streams.has(place as Place) ? "pipe" : entry)), streams };
}
