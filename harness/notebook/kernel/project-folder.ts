import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join } from "node:path";

/** The folders a kernel works with. */
export interface Folders {
  /** Where the notebook lies: modules are imported from there, and the packages that are installed there or above. */
  readonly notebook: string;
  /** Where packages are looked for that are not, such as this one. */
  readonly modules: string;
  /** The folder that relative file names start from. */
  readonly files: string;
}

/**
 * A notebook inside a project that has this package works from that project's root, whatever subfolder it lies in. One
 * that lies elsewhere borrows the packages of the kernel's own project, while its files stay beside it.
 */
export function findFolders(notebookFolder: string): Folders {
  const project = findUpwards(notebookFolder);
  if (project !== undefined) return { notebook: notebookFolder, modules: project, files: project };
  const package_ = dirname(createRequire(import.meta.url).resolve("simvlm/package.json"));
  return { notebook: notebookFolder, modules: findUpwards(package_) ?? package_, files: notebookFolder };
}

/**
 * The folder of the notebook that this kernel runs. Jupyter starts kernels there, or in a folder of somebody's settings
 * and says which notebook it is by a variable.
 */
export function findNotebookFolder(environment = process.env): string {
  const { JPY_SESSION_NAME: path = "" } = environment;
  return isAbsolute(path) && path.endsWith(".ipynb") && existsSync(path) ? dirname(path) : process.cwd();
}

function findUpwards(folder: string): string | undefined {
  if (existsSync(join(folder, "node_modules", "simvlm", "package.json"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findUpwards(parent);
}
