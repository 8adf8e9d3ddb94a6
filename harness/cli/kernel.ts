import { Command, Option } from "commander";
import { installKernel, prefixDataFolder, uninstallKernel, userDataFolder } from "../notebook/kernel/kernelspec.js";
import { printable } from "../terminal/printable.js";

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

interface KernelOptions {
  prefix?: string;
  json?: boolean;
}

export function createKernelCommand(): Command {
  const install = createAction(
    "install",
    "Tell Jupyter and VS Code how to start the TypeScript kernel.",
    INSTALL_EXAMPLE,
  );
  const uninstall = createAction("uninstall", "Remove what `install` wrote.", UNINSTALL_EXAMPLE);
  return new Command("kernel")
    .description("Install the TypeScript kernel for Jupyter and VS Code.")
    .addHelpText("after", EXAMPLES)
    .addCommand(install.action((options: KernelOptions) => report("installed", options, installKernel)))
    .addCommand(uninstall.action((options: KernelOptions) => report("removed", options, uninstallKernel)));
}

function createAction(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option("--user", "for this user (the default)").conflicts("prefix"))
    .option("--prefix <folder>", "into this folder, such as a virtual environment")
    .option("--json", "print the result as JSON")
    .addHelpText("after", example);
}

async function report(
  done: "installed" | "removed",
  { prefix, json }: KernelOptions,
  change: (dataFolder: string) => Promise<string>,
): Promise<void> {
  const file = await change(prefix === undefined ? userDataFolder() : prefixDataFolder(prefix));
  process.stdout.write(json ? `${JSON.stringify({ [done]: file })}\n` : `${done}: ${printable(file)}\n`);
}
