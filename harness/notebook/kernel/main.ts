import { parseArgs } from "node:util";
import { SimvlmError } from "@simvlm/metrics";
import { readJson } from "../../files/json.js";
import { tell } from "../../terminal/streams.js";
import { connectionSchema } from "./connection.js";
import { Kernel } from "./jupyter-kernel.js";
import { findFolders } from "./project-folder.js";
import { serveKernel } from "./server.js";
import { startSession } from "./session.js";

/** How often a kernel looks whether the program that started it still lives. */
const PARENT_CHECK_MS = 2000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "config-path": { type: "string" } } });
  if (values["config-path"] === undefined)
    throw new SimvlmError(
      "no-connection",
      "--config-path FILE is missing: this program is meant to be started by Jupyter.",
    );
  const connection = await readJson(values["config-path"], connectionSchema);
  // Node 20 says of every module that is an ES module that `require` may load it, now and for good.
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!/Support for loading ES Module in require/.test(String(warning))) emitWarning(warning, ...rest);
  }) as typeof emitWarning;

  const kernel = new Kernel(() => startSession(findFolders(process.cwd())).catch(giveUp));
  process.on("SIGINT", () => void kernel.interrupt());
  // What a cell's code leaves unhandled is shown, and the cells' variables stay.
  process.on("uncaughtException", (error) => console.error("Uncaught:", error));
  process.on("unhandledRejection", (reason) => console.error("Unhandled rejection:", reason));
  exitWithParent();
  await serveKernel(kernel, connection);
}

/** A kernel that cannot start says why, for the front end's log. */
function giveUp(error: unknown): never {
  tell(`simvlm kernel: ${error instanceof SimvlmError ? error.message : (error as Error).stack}`);
  process.exit(1);
}

function exitWithParent(): void {
  if (process.platform === "win32" || process.env.JPY_PARENT_PID === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_MS).unref();
}

main().catch(giveUp);
