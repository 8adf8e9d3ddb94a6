import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { SimvlmError } from "@simvlm/metrics";
import { readJson } from "../../files/json.js";
import { parseJson } from "../../files/parse-json.js";
import { tellLines } from "../../terminal/streams.js";
import { type Connection, connectionSchema } from "./connection.js";
import { Kernel } from "./jupyter-kernel.js";
import { findFolders, findNotebookFolder } from "./project-folder.js";
import { serveKernel } from "./server.js";
import { startSession } from "./session.js";
import { catchUnhandled } from "./unhandled.js";

/** Instead of a file's name: what it would hold comes from standard input, so that no file is left by whoever is killed. */
const STDIN = "-";

/** Of a library that goes deep, the cell that called it is far down. */
const STACK_FRAMES = 50;

/** The kernel's own way to end; cells have another. */
const exit: (code: number) => never = process.exit.bind(process);

/** What the thread that watches over the kernel's parent is told. */
export interface ParentWatch {
  /** The process id of the program that started the kernel. */
  readonly parent: number;
  /** What is removed when it is gone. */
  readonly connectionFile: string | undefined;
}

async function main(): Promise<void> {
  Error.stackTraceLimit = STACK_FRAMES;
  const { values } = parseArgs({ options: { "config-path": { type: "string" } } });
  const path = values["config-path"];
  if (path === undefined)
    throw new SimvlmError(
      "no-connection",
      "--config-path FILE is missing: this program is meant to be started by Jupyter.",
    );
  if (path !== STDIN) emptyStdin();
  endWithParent(path === STDIN ? undefined : path);
  const connection = await readConnection(path);
  // Node 20 says of every module that is an ES module that `require` may load it, now and for good.
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!/Support for loading ES Module in require/.test(String(warning))) emitWarning(warning, ...rest);
  }) as typeof emitWarning;

  const kernel = new Kernel((prompt) => startSession(findFolders(findNotebookFolder()), prompt).catch(giveUp));
  process.on("SIGINT", () => void kernel.interrupt());
  catchUnhandled((thrown, note) => void kernel.showUnhandled(thrown, note));
  process.exit = refuseExit;
  await serveKernel(kernel, connection, exit);
}

/** A kernel that cannot start says why, for the front end's log. */
function giveUp(error: unknown): never {
  tellLines(`simvlm kernel: ${error instanceof SimvlmError ? error.message : (error as Error).stack}`);
  exit(1);
}

/** Ending at once would take along what the cells have computed, and what they printed last. */
function refuseExit(code?: number | string | null): never {
  const error = new Error(
    `The cell called process.exit(${code ?? ""}), which would have ended the kernel with all variables. ` +
      "To stop a notebook at a cell, throw an error there.",
  );
  throw Object.assign(error, { name: "Exit" });
}

async function readConnection(path: string): Promise<Connection> {
  if (path !== STDIN) return readJson(path, connectionSchema);
  return parseJson(await text(process.stdin), "standard input", connectionSchema);
}

/**
 * Some front ends never close what they give the kernel as standard input, where nobody types: a program of a cell that
 * inherits it would wait for ever. The descriptor that was closed is the next to be opened, before there are threads.
 */
function emptyStdin(): void {
  if (process.platform === "win32") return;
  closeSync(0);
  openSync(devNull, "r");
}

/** Jupyter says who it is by a variable; on Windows its value is no process id. */
function endWithParent(connectionFile: string | undefined): void {
  const { JPY_PARENT_PID } = process.env;
  if (JPY_PARENT_PID === undefined) return;
  const named = Number(JPY_PARENT_PID);
  const isProcess = process.platform !== "win32" && Number.isSafeInteger(named) && named > 0;
  const parent = isProcess ? named : process.ppid;
  const workerData: ParentWatch = { parent, connectionFile };
  new Worker(new URL("./parent-watch.js", import.meta.url), { workerData }).unref();
}

main().catch(giveUp);
