import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, Script } from "node:vm";
import { type CliResult, captureResult, project } from "../cli/run-cli.js";

type Import = (url: string) => Promise<unknown>;

/** Node's own `import`: that of a test is Vitest's, which reads modules in its own way, plug-ins too. */
const importByNode = new Script("(url) => import(url)", {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext() as Import;

/** A module that `npm run build` made, as Node loads it. */
export async function importBuilt<Module>(path: string): Promise<Module> {
  return (await importByNode(pathToFileURL(join(project, "harness/dist", path)).href)) as Module;
}

/** The built command line in this process, where plug-ins are loaded as they are for a user. */
export async function runBuilt(...args: string[]): Promise<CliResult> {
  const { runCommandLine } = await importBuilt<typeof import("../../../harness/cli/main.js")>("cli/main.js");
  return captureResult(() => runCommandLine(args));
}
