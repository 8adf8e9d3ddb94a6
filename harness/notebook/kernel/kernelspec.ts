import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../../files/atomic.js";
import { makeFolder } from "../../files/folders.js";
import { absoluteFolder, homeFolder } from "../../files/home.js";
import { readText } from "../../files/text.js";
import { kernelProgram } from "../runner/kernel-process.js";

/** The name by which notebooks ask for the kernel. */
export const KERNEL_NAME = "simvlm";

const FILE = "kernel.json";

/**
 * The kernelspec: it tells Jupyter and VS Code how to start the kernel of this installation, whatever folder they are
 * in.
 */
export function describeKernel(platform: NodeJS.Platform = process.platform): object {
  return {
    argv: [process.execPath, kernelProgram(), "--config-path", "{connection_file}"],
    display_name: "SimVLM (TypeScript)",
    language: "typescript",
    // Windows has no signal that interrupts another program.
    interrupt_mode: platform === "win32" ? "message" : "signal",
    metadata: { debugger: false },
  };
}

/** Where Jupyter looks for what a user has installed, as `jupyter --data-dir` prints it. */
export function userDataFolder(platform: NodeJS.Platform = process.platform, environment = process.env): string {
  const { JUPYTER_DATA_DIR, APPDATA, XDG_DATA_HOME } = environment;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  const home = homeFolder(environment);
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return APPDATA ? join(APPDATA, "jupyter") : join(home, ".jupyter", "data");
  return join(absoluteFolder(XDG_DATA_HOME) ?? join(home, ".local", "share"), "jupyter");
}

/** Where Jupyter looks for what is installed below a prefix, such as a virtual environment's. */
export const prefixDataFolder = (prefix: string): string => join(prefix, "share", "jupyter");

/** The kernelspec's folder below one of Jupyter's data folders. */
export const kernelFolder = (dataFolder: string): string => join(dataFolder, "kernels", KERNEL_NAME);

/**
 * Writes the kernelspec below one of Jupyter's data folders, replacing one that is there.
 *
 * @returns the file
 * @throws SimvlmError `cannot-write`
 */
export async function installKernel(dataFolder: string): Promise<string> {
  const folder = kernelFolder(dataFolder);
  const file = join(folder, FILE);
  await makeFolder(folder);
  await writeFileAtomic(file, `${JSON.stringify(describeKernel(), undefined, 2)}\n`);
  return file;
}

/**
 * Removes what {@link installKernel} wrote, and nothing else.
 *
 * @returns the file
 * @throws SimvlmError `no-kernel`, `foreign-kernel`
 */
export async function uninstallKernel(dataFolder: string): Promise<string> {
  const folder = kernelFolder(dataFolder);
  const file = join(folder, FILE);
  const text = await readText(file).catch(() => {
    throw new SimvlmError("no-kernel", `${file}: there is no kernel to remove.`);
  });
  if (!/kernel[\\/]+main\.js/.test(text)) {
    throw new SimvlmError(
      "foreign-kernel",
      `${file} was not written by simvlm, so it is left alone. Remove it by hand.`,
    );
  }
  await rm(file);
  await rmdir(folder).catch(() => {}); // it holds files of somebody else's
  return file;
}
