import { spawn } from "node:child_process";

/** In characters: what is kept of what a program says. */
const TAIL = 4000;
/** As shells have it. */
const NOT_FOUND = 127;

/**
 * A process between this one and the program, which ends the program as soon as its own standard input ends: the system
 * closes that when nobody holds its other end any more, however this process came to its end. Signals are passed on.
 */
const KEEPER = `
const { constants } = require("node:os");
const [shell, path, ...args] = process.argv.slice(1);
const options = { stdio: ["ignore", "inherit", "inherit"], shell: shell === "true" };
const program = require("node:child_process").spawn(path, args, options);
process.stdin.on("error", () => {}).on("close", () => program.kill("SIGKILL")).resume();
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => program.kill(signal));
program.on("error", ({ message, code }) => {
  process.stderr.write(message);
  process.exitCode = code === "ENOENT" ? ${NOT_FOUND} : 1;
  process.stdin.destroy();
});
program.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
`;

/** How a program is started, and when it is ended. */
export interface TiedOptions {
  readonly cwd: string;
  readonly limitMs: number;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a shell finds and starts it; default false. */
  readonly shell?: boolean | undefined;
}

/** How a program came to its end. */
export interface Ended {
  /** Its exit code; of one that a signal has ended 128 and the signal's number. */
  readonly code: number;
  /** Whether its time was up. */
  readonly isLate: boolean;
  /** Whether there is no such program. */
  readonly isMissing: boolean;
  /** The last that it wrote to standard output and error. */
  readonly said: string;
}

/**
 * Runs a program that does not outlive this one: not even where this one is killed and can do nothing about it.
 * @param path of the program, or its name
 */
export async function runTied(path: string, args: readonly string[], options: TiedOptions): Promise<Ended> {
  const { cwd, limitMs, signal, shell = false } = options;
  const keeper = spawn(process.execPath, ["-e", KEEPER, "--", String(shell), path, ...args], { cwd, stdio: "pipe" });
  const end = () => void keeper.stdin.destroy();
  keeper.stdin.on("error", () => {}); // it has ended by itself
  let said = "";
  for (const stream of [keeper.stdout, keeper.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-TAIL);
    });
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, limitMs);
  signal?.addEventListener("abort", end);
  if (signal?.aborted) end();
  try {
    const code = await new Promise<number>((resolve, reject) => {
      keeper.once("error", reject).once("close", (exit) => resolve(exit ?? 1));
    });
    return { code, isLate, isMissing: code === NOT_FOUND && !isLate, said };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}
