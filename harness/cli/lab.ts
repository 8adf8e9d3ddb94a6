import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { delimiter } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { makeTemporaryFolder } from "../files/folders.js";
import { installKernel } from "../notebook/kernel/kernelspec.js";
import { exitCodeOf, STOP_SIGNALS, type StopSignal } from "./stop-signals.js";

/** Jupyter's interfaces, the preferred one first. */
const INTERFACES = ["lab", "notebook"] as const;
/** What Jupyter has to end its kernels and itself in, before it is killed; its own limit for a kernel is 5 s. */
const GRACE_MS = 15_000;

const EXAMPLES = `
Examples:
  $ simvlm lab
  $ simvlm lab notebooks --no-browser

Everything after "lab" goes to Jupyter. Nothing is installed: the kernel is available for as long as Jupyter runs.`;

/** `simvlm lab` */
export function createLabCommand(): CommandUnknownOpts {
  return new Command("lab")
    .description("Start your JupyterLab, or classic Notebook, with the TypeScript kernel.")
    .argument("[args...]", "arguments for Jupyter")
    .allowUnknownOption()
    .addHelpText("after", EXAMPLES)
    .action(startLab);
}

async function startLab(args: readonly string[]): Promise<void> {
  const program = INTERFACES.find((name) => spawnSync("jupyter", [name, "--version"]).status === 0);
  if (program === undefined) {
    throw new SimvlmError(
      "no-jupyter",
      "Neither JupyterLab nor Notebook was found (`jupyter lab --version`). `pip install jupyterlab` installs the one, " +
        "`sudo apt-get install jupyter-notebook` the other. Without them, use `simvlm notebook run FILE --html`, " +
        "or open the notebook in VS Code after `simvlm kernel install`.",
    );
  }
  const atTerminal = process.stdin.isTTY === true;
  let jupyter: ChildProcess | undefined;
  let stoppedBy: StopSignal | undefined;
  const stop = (signal: StopSignal) => {
    // At a terminal, Jupyter is interrupted with us; it asks back, and ends by itself.
    if (signal === "SIGINT" && atTerminal) return;
    stoppedBy ??= signal;
    if (jupyter !== undefined) endJupyter(jupyter, !atTerminal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  const folder = await makeTemporaryFolder("jupyter");
  try {
    await installKernel(folder);
    if (stoppedBy === undefined) {
      jupyter = startJupyter([program, ...args], folder, !atTerminal);
      process.exitCode = await waitFor(jupyter);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
    if (stoppedBy !== undefined) process.exitCode = exitCodeOf(stoppedBy);
  }
}

/** @param asGroup in a process group of its own, so that what starts Jupyter in its stead can be ended with it */
function startJupyter(args: readonly string[], dataFolder: string, asGroup: boolean): ChildProcess {
  const path = [dataFolder, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter);
  const env = { ...process.env, JUPYTER_PATH: path };
  return spawn("jupyter", args, { stdio: "inherit", env, detached: asGroup && process.platform !== "win32" });
}

function waitFor(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  });
}

/** Jupyter takes its kernels along; those of one that must be killed notice it by themselves. */
function endJupyter(jupyter: ChildProcess, asGroup: boolean): void {
  const send = (signal: NodeJS.Signals) => {
    if (!asGroup || process.platform === "win32") return jupyter.kill(signal);
    try {
      return process.kill(-jupyter.pid!, signal);
    } catch {
      return false; // it has ended by itself
    }
  };
  send("SIGTERM");
  const timer = setTimeout(() => send("SIGKILL"), GRACE_MS);
  jupyter.once("close", () => clearTimeout(timer));
}
