import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { installKernel, prefixDataFolder, uninstallKernel, userDataFolder } from "../notebook/kernel/kernelspec.js";
import { formatJson } from "../terminal/json.js";
import { print, printData } from "../terminal/streams.js";
import type { OptionsOf } from "./options.js";

const EXAMPLES = `
Examples:
  $ simvlm kernel install
  $ simvlm kernel install --prefix .venv
  $ simvlm kernel uninstall`;

const INSTALL_EXAMPLE = `
Example:
  $ simvlm kernel install --prefix .venv

VS Code and Jupyter list it as "SimVLM (TypeScript)". Install it again when Node or this project moves.`;

const UNINSTALL_EXAMPLE = `
Example:
  $ simvlm kernel uninstall`;

/** `simvlm kernel` */
export function createKernelCommand(): CommandUnknownOpts {
  const install = createAction(
    "install",
    "Tell Jupyter and VS Code how to start the TypeScript kernel.",
    INSTALL_EXAMPLE,
  );
  const uninstall = createAction("uninstall", "Remove what `install` wrote.", UNINSTALL_EXAMPLE);
  return new Command("kernel")
    .description("Install the TypeScript kernel for Jupyter and VS Code.")
    .addHelpText("after", EXAMPLES)
    .addCommand(install.action((options) => report("installed", options, installKernel)))
    .addCommand(uninstall.action((options) => report("removed", options, uninstallKernel)));
}

function createAction(name: string, description: string, example: string) {
  return new Command(name)
    .description(description)
    .addOption(new Option("--user", "for this user (the default)").conflicts("prefix"))
    .option("--prefix <folder>", "into this folder, such as a virtual environment")
    .option("--json", "print the result as JSON")
    .addHelpText("after", example);
}

async function report(
  done: "installed" | "removed",
  { prefix, json }: OptionsOf<typeof createAction>,
  change: (dataFolder: string) => Promise<string>,
): Promise<void> {
  const file = await change(prefix === undefined ? userDataFolder() : prefixDataFolder(prefix));
  if (json) await printData(`${formatJson({ [done]: file })}\n`);
  else await print(`${done}: ${file}`);
}
