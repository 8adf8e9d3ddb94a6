import { spawn, spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { delimiter } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { makeTemporaryFolder } from "../files/folders.js";
import { installKernel } from "../notebook/kernel/kernelspec.js";

/** Jupyter's interfaces, the preferred one first. */
const INTERFACES = ["lab", "notebook"] as const;

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
  const folder = await makeTemporaryFolder("jupyter");
  try {
    await installKernel(folder);
    process.exitCode = await runJupyter([program, ...args], folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runJupyter(args: readonly string[], dataFolder: string): Promise<number> {
  const path = [dataFolder, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter);
  const child = spawn("jupyter", args, { stdio: "inherit", env: { ...process.env, JUPYTER_PATH: path } });
  // Jupyter asks back when it is interrupted, and ends by itself.
  const leaveToJupyter = () => {};
  process.on("SIGINT", leaveToJupyter);
  return new Promise<number>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  }).finally(() => process.removeListener("SIGINT", leaveToJupyter));
}
