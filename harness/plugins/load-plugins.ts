import { statSync } from "node:fs";
import Module, { register } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { addMetrics, checkMetric, SimvlmError } from "@simvlm/metrics";
import { builtPath, packageFolder } from "../files/asset.js";
import { hashFile } from "../files/hash.js";
import { checkTask } from "../tasks/check-task.js";
import { addTasks, listTasks } from "../tasks/task-registry.js";
import { describeFailure } from "./failure.js";
import { guardTask } from "./guard-task.js";
import { type LoadedPlugin, listPlugins, loadedPlugins } from "./loaded-plugins.js";

/** How each kind of definition is checked; the result adds it to those there are. */
const KINDS: Readonly<Record<string, (definition: unknown, where: string) => Promise<() => void>>> = {
  async metric(definition, where) {
    const metric = checkMetric(definition, where);
    return () => addMetrics([metric]);
  },
  async task(definition, where) {
    const task = checkTask(definition, where);
    return () => addTasks([listTasks().includes(task) ? task : guardTask(task)]);
  },
  async family(definition, where) {
    // the models' libraries are loaded only for this
    const [{ checkFamily }, { addFamilies, listFamilies }, { guardFamily }] = await Promise.all([
      import("../models/family.js"),
      import("../models/family-registry.js"),
      import("./guard-family.js"),
    ]);
    const family = checkFamily(definition, where);
    return () => addFamilies([listFamilies().includes(family) ? family : guardFamily(family)]);
  },
};

/**
 * Loads plug-ins: modules whose default export is a metric, a task or a family, or a list of them. What they define can
 * be used by its name from then on. A module that is loaded already, or a file with the same bytes, is not loaded again.
 * @param names files (.js, .mjs, or .ts, .mts through the TypeScript compiler that is there), or packages
 * @param folder that relative files are named from, and packages looked for; default the working directory
 * @throws SimvlmError `missing-plugin`, `broken-plugin` where it cannot be loaded, `bad-plugin` naming the field that is
 *   wrong, `duplicate-name` where something else has the name
 */
export async function loadPlugins(names: readonly string[], folder = process.cwd()): Promise<LoadedPlugin[]> {
  const plugins: LoadedPlugin[] = [];
  for (const name of names) {
    const url = locate(name, folder);
    const plugin = loadedPlugins.get(url) ?? (await findCopy(url)) ?? (await load(name, url, folder));
    loadedPlugins.set(url, plugin);
    plugins.push(plugin);
  }
  return plugins;
}

/** A loaded plug-in with the same bytes: data that were copied bring their plug-in along. */
async function findCopy(url: string): Promise<LoadedPlugin | undefined> {
  if (!url.startsWith("file:")) return undefined;
  const sha256 = await hashFile(fileURLToPath(url));
  return listPlugins().find((plugin) => plugin.sha256 === sha256);
}

const IS_FILE = /^\.{0,2}(?:[/\\]|$)|^[A-Za-z]:[/\\]|\.[cm]?[jt]s$/;

/** A package as a module in some folder would find it, see module-hooks.ts. */
const PACKAGE = "simvlm-plugin:";

/** The module's URL. */
function locate(name: string, folder: string): string {
  if (IS_FILE.test(name)) {
    const path = isAbsolute(name) ? name : join(resolve(folder), name);
    const problem = findFault(path);
    if (problem === undefined) return pathToFileURL(path).href;
    throw new SimvlmError("missing-plugin", `The plug-in ${name} is not there: ${path} ${problem}. Check its path.`);
  }
  return `${PACKAGE}${encodeURIComponent(name)}?from=${encodeURIComponent(pathToFileURL(join(resolve(folder), "plugin.js")).href)}`;
}

/** Why a path is no file that a module can be read from; undefined where it is one. */
function findFault(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return "does not exist";
    if (found.isDirectory()) return "is a folder, not a file";
    return found.isFile() ? undefined : "is a pipe or a device, not a file";
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

async function load(name: string, url: string, folder: string): Promise<LoadedPlugin> {
  const module = await importModule(name, url, folder);
  const checked = await checkAll(module, name).catch((cause: unknown) => {
    if (cause instanceof SimvlmError) throw cause;
    throw new SimvlmError("bad-plugin", `${name}: its definition cannot be read: ${describeFailure(cause)}`, { cause });
  });
  for (const { add, where } of checked) {
    try {
      add();
    } catch (cause) {
      if (!(cause instanceof SimvlmError)) throw cause;
      throw new SimvlmError(cause.code, `${where}: ${cause.message}`, { cause });
    }
  }
  const isFile = url.startsWith("file:");
  return {
    name,
    ...(isFile && { sha256: await hashFile(fileURLToPath(url)) }),
    defines: checked.map(({ what }) => what),
  };
}

interface Checked {
  readonly what: string;
  readonly where: string;
  readonly add: () => void;
}

/** All are checked before the first is added. */
async function checkAll(module: { readonly default?: unknown }, name: string): Promise<Checked[]> {
  const definitions = listDefinitions(module, name);
  const checked: Checked[] = [];
  for (const [place, definition] of definitions.entries()) {
    const where = definitions.length > 1 ? `${name}, definition ${place + 1} of ${definitions.length}` : name;
    checked.push({ ...(await checkKind(definition, where)), where });
  }
  return checked;
}

async function checkKind(definition: unknown, where: string): Promise<Omit<Checked, "where">> {
  if (typeof definition !== "object" || definition === null) {
    const found = typeof definition === "function" ? "a function" : String(definition);
    throw new SimvlmError(
      "bad-plugin",
      `${where}: the default export is ${found}, but must be what defineMetric, defineTask or defineFamily returns.`,
    );
  }
  const { kind, name } = definition as { readonly kind?: unknown; readonly name?: unknown };
  const check = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (check) return { add: await check(definition, where), what: `${kind} ${name}` };
  const kinds = Object.keys(KINDS).join(", ");
  throw new SimvlmError(
    "bad-plugin",
    `${where}: the field \`kind\` is ${JSON.stringify(kind) ?? "missing"}, but must be one of ${kinds}. Export what defineMetric, defineTask or defineFamily returns.`,
  );
}

function listDefinitions(module: { readonly default?: unknown }, name: string): readonly unknown[] {
  // What a CommonJS module exports as its default may stand one level deeper.
  const exported = (module.default as { default?: unknown } | undefined)?.default ?? module.default;
  const definitions = Array.isArray(exported) ? exported : [exported];
  if (exported !== undefined && definitions.length > 0) return definitions;
  const problem = exported === undefined ? "is missing" : "is an empty list";
  throw new SimvlmError(
    "bad-plugin",
    `${name}: the field \`default\` ${problem}: a plug-in's default export is its definition, or a list of definitions.`,
  );
}

const OWN_PACKAGES = /^(?:simvlm|@simvlm\/metrics)(?:\/|$)/;

let hooksRegistered = false;

async function importModule(name: string, url: string, folder: string): Promise<{ readonly default?: unknown }> {
  if (!hooksRegistered) {
    // The hooks run in a thread of their own, from what was built.
    register(pathToFileURL(builtPath("plugins", "module-hooks.js")), { data: { folder: packageFolder() } });
    lendPackages();
    hooksRegistered = true;
  }
  if (/ts$/.test(url)) process.setSourceMapsEnabled(true); // errors tell the lines of the TypeScript
  try {
    return await untilIdle(import(url) as Promise<{ readonly default?: unknown }>);
  } catch (cause) {
    if (isMissing(cause, name)) {
      throw new SimvlmError(
        "missing-plugin",
        `The plug-in ${name} is not there: it is no package that is installed in ${resolve(folder)} or above. A file is named with its ending, such as ./${name}.js.`,
        { cause },
      );
    }
    throw new SimvlmError("broken-plugin", `The plug-in ${name} cannot be loaded: ${describeFailure(cause)}`, {
      cause,
    });
  }
}

/** What `require` looks names up with; Node 20 has no hook for it, and no type. */
interface Resolver {
  _resolveFilename(name: string, ...rest: unknown[]): string;
}

/** CommonJS plug-ins get the packages at hand where they have none of their own, as others do by module-hooks.ts. */
function lendPackages(): void {
  const resolver = Module as unknown as Resolver;
  const usual = resolver._resolveFilename;
  resolver._resolveFilename = function (name, ...rest) {
    try {
      return usual.call(this, name, ...rest);
    } catch (error) {
      if (OWN_PACKAGES.test(name)) return fileURLToPath(import.meta.resolve(name));
      throw error;
    }
  };
}

/** Rejects when Node has nothing left to do and the promise is still open: the process would end without a word. */
async function untilIdle<T>(promise: Promise<T>): Promise<T> {
  let giveUp = () => {};
  const idle = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Error("it waits for something that never happens"));
  });
  process.once("beforeExit", giveUp);
  try {
    return await Promise.race([promise, idle]);
  } finally {
    process.off("beforeExit", giveUp);
  }
}

/** Whether it is the plug-in's own package that cannot be found, not one that it imports. */
function isMissing(cause: unknown, name: string): boolean {
  const { code, message } = (cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" && String(message).startsWith(`Cannot find package '${name}'`);
}
