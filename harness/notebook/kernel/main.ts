import { parseArgs } from "node:util";
import { readJson } from "../../files/json.js";
import { connectionSchema } from "./connection.js";
import { Kernel } from "./kernel.js";
import { findFolders } from "./project-folder.js";
import { serveKernel } from "./server.js";
import { type Session, startSession } from "./session.js";

/** How often a kernel looks whether the program that started it still lives. */
const PARENT_CHECK_MS = 2000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "config-path": { type: "string" } } });
  if (values["config-path"] === undefined) throw new Error("--config-path FILE is missing: Jupyter starts this program.");
  const connection = await readJson(values["config-path"], connectionSchema);
  // Node 20 says of every module that is an ES module that `require` may load it, now and for good.
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!/Support for loading ES Module in require/.test(String(warning))) emitWarning(warning, ...rest);
  }) as typeof emitWarning;

  // The sockets first: the compiler's start keeps everything waiting, and what asks meanwhile is answered after it.
  const session = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => startSession(findFolders(process.cwd())));
  const kernel = new Kernel(session);
  survive(session);
  exitWithParent();
  await serveKernel(kernel, connection);
}

/** What a cell's code leaves unhandled is shown, and the cells' variables stay. */
function survive(session: Promise<Session>): void {
  process.on("SIGINT", () => {
    session.then((started) => started.interrupt()).catch(() => {});
  });
  process.on("uncaughtException", (error) => console.error("Uncaught:", error));
  process.on("unhandledRejection", (reason) => console.error("Unhandled rejection:", reason));
  session.catch((error: unknown) => {
    process.stderr.write(`simvlm kernel: ${(error as Error).stack ?? error}\n`);
    process.exit(1);
  });
}

function exitWithParent(): void {
  if (process.platform === "win32" || process.env.JPY_PARENT_PID === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_CHECK_MS).unref();
}

main().catch((error: unknown) => {
  process.stderr.write(`simvlm kernel: ${(error as Error).message}\n`);
  process.exit(1);
});
