import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { makeTemporaryFolder } from "../../files/folders.js";
import { attemptWrite } from "../../files/system-error.js";
import type { Connection } from "../kernel/connection.js";
import { findFreePorts } from "./ports.js";

/** A kernel that runs as a child process. */
export interface KernelProcess {
  readonly connection: Connection;
  /** Settles when the process is gone, with how it ended and the last lines it printed. */
  readonly ended: Promise<string>;
  interrupt(): void;
  /** Ends the process whatever it is doing; returns when it is gone. */
  kill(): Promise<void>;
}

const HOST = "127.0.0.1";
/** Enough of a dying kernel's last words for its stack. */
const LAST_WORDS = 4000;

/** The program that Jupyter starts, too. */
export function kernelProgram(): string {
  const packageFile = createRequire(import.meta.url).resolve("simvlm/package.json");
  return join(dirname(packageFile), "dist", "notebook", "kernel", "main.js");
}

/**
 * Starts a kernel.
 * @param folder where the notebook lies
 */
export async function startKernelProcess(folder: string): Promise<KernelProcess> {
  const scratch = await makeTemporaryFolder("kernel");
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await findFreePorts(5, HOST);
  const connection = {
    transport: "tcp",
    ip: HOST,
    key: randomBytes(16).toString("hex"),
    signature_scheme: "hmac-sha256",
    ...{ shell_port: shell_port!, iopub_port: iopub_port!, stdin_port: stdin_port! },
    ...{ control_port: control_port!, hb_port: hb_port! },
  } as const;
  const file = join(scratch, "connection.json");
  // The key lets whoever has it run code.
  await attemptWrite(file, () => writeFile(file, JSON.stringify(connection), { mode: 0o600 }));
  const child = spawn(process.execPath, [kernelProgram(), "--config-path", file], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
  });
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const ended = describeEnd(child).finally(() => {
    process.removeListener("exit", killWithUs);
    return rm(scratch, { recursive: true, force: true });
  });
  return {
    connection,
    ended,
    interrupt: () => child.kill("SIGINT"),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function describeEnd(child: ChildProcess): Promise<string> {
  let words = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-LAST_WORDS);
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
