import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Connection } from "../kernel/connection.js";
import type { StreamName } from "../kernel/stream-buffer.js";
import { findFreePorts } from "./ports.js";

/** A kernel that runs as a child process, with the processes that its cells start. */
export interface KernelProcess {
  readonly connection: Connection;
  /** Settles when the process is gone, with how it ended and the last lines it printed. */
  readonly ended: Promise<string>;
  /** As Ctrl-C in a terminal does: the programs that a cell runs are interrupted, too. */
  interrupt(): void;
  /** Ends the process whatever it is doing, and those that its cells have started; returns when it is gone. */
  kill(): Promise<void>;
}

/** How a process ended that had nothing to say. */
export const ENDED_WELL = "exit code 0";

const HOST = "127.0.0.1";
/** Enough of a dying kernel's last words for its stack. */
const LAST_WORDS = 4000;

/** The program that Jupyter starts, too. */
export function kernelProgram(): string {
  const packageFile = createRequire(import.meta.url).resolve("simvlm/package.json");
  return join(dirname(packageFile), "dist", "notebook", "kernel", "main.js");
}

/** Called with what comes out of the process itself, past its cells: from native code, or as its last words. */
export type RawListener = (name: StreamName, text: string) => void;

/**
 * Starts a kernel.
 * @param folder where the notebook lies
 */
export async function startKernelProcess(folder: string, onRaw: RawListener = () => {}): Promise<KernelProcess> {
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await findFreePorts(5, HOST);
  const connection = {
    transport: "tcp",
    ip: HOST,
    key: randomBytes(16).toString("hex"),
    signature_scheme: "hmac-sha256",
    ...{ shell_port: shell_port!, iopub_port: iopub_port!, stdin_port: stdin_port! },
    ...{ control_port: control_port!, hb_port: hb_port! },
  } as const;
  const child = spawn(process.execPath, [kernelProgram(), "--config-path", "-"], {
    cwd: folder,
    stdio: "pipe",
    // A group of processes of its own: it ends with all that its cells have started.
    detached: hasGroups,
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
  });
  // The key lets whoever has it run code: it is in no file.
  child.stdin.on("error", () => {}).end(JSON.stringify(connection)); // how a kernel ended that reads nothing is told below
  const killWithUs = () => signalAll(child, "SIGKILL");
  process.once("exit", killWithUs);
  // What outlives the kernel would hold its streams open.
  child.once("exit", killWithUs);
  const ended = describeEnd(child, onRaw).finally(() => process.removeListener("exit", killWithUs));
  return {
    connection,
    ended,
    interrupt: () => signalAll(child, "SIGINT"),
    async kill() {
      killWithUs();
      await ended;
    },
  };
}

/** Windows has no groups of processes. */
const hasGroups = process.platform !== "win32";

/** Sends a signal to the kernel and to those of its group that are left. */
function signalAll(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(hasGroups ? -child.pid : child.pid, signal);
  } catch {
    // there is none left
  }
}

function describeEnd(child: ChildProcess, onRaw: RawListener): Promise<string> {
  let words = "";
  for (const name of ["stdout", "stderr"] as const) {
    child[name]!.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-LAST_WORDS);
      onRaw(name, text);
    });
  }
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`it could not be started: ${error.message}`));
    child.once("close", (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve(words.trim() === "" ? how : `${how}; it said:\n${words.trim()}`);
    });
  });
}
