import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join, parse } from "node:path";
import { absoluteFolder } from "../files/home.js";

/** How long Python may take to say where a package is. */
const LIMIT_MS = 5000;
/** Finds a package without running anything of it. */
const SCRIPT =
  "import importlib.util, sys; s = importlib.util.find_spec(sys.argv[1]); print(*(s.submodule_search_locations if s else []), sep='\\n')";

/**
 * The folder of a Python package in the environment at hand: the active virtual one, or else the one of `python3`.
 * @param name of the package, such as `pycocoevalcap`
 */
export async function findPythonPackage(name: string, environment = process.env): Promise<string | undefined> {
  const { VIRTUAL_ENV, CONDA_PREFIX } = environment;
  for (const prefix of [VIRTUAL_ENV, CONDA_PREFIX]) {
    const root = absoluteFolder(prefix);
    const found = root === undefined ? undefined : await findBelow(root, name);
    if (found !== undefined) return found;
  }
  for (const python of process.platform === "win32" ? ["python"] : ["python3", "python"]) {
    const found = await askPython(python, name, environment);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The folders of packages of an environment: on Windows it has one, elsewhere one for each version of Python. */
export async function listSitePackages(prefix: string): Promise<string[]> {
  const versions: string[] = await readdir(join(prefix, "lib")).catch(() => []);
  const python = versions.filter((each) => each.startsWith("python"));
  return [...python.map((each) => join(prefix, "lib", each, "site-packages")), join(prefix, "Lib", "site-packages")];
}

async function findBelow(prefix: string, name: string): Promise<string | undefined> {
  for (const packages of await listSitePackages(prefix)) {
    const found = await stat(join(packages, name)).catch(() => undefined);
    if (found?.isDirectory()) return join(packages, name);
  }
  return undefined;
}

/** It runs in the root folder: a module that lies where one happens to be is not Python's. */
function askPython(python: string, name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const options = { timeout: LIMIT_MS, killSignal: "SIGKILL", cwd: parse(process.cwd()).root, env } as const;
  return new Promise((resolve) => {
    execFile(python, ["-c", SCRIPT, name], options, (error, stdout) => {
      const [folder] = error ? [] : stdout.split(/\r?\n/);
      resolve(absoluteFolder(folder));
    });
  });
}
