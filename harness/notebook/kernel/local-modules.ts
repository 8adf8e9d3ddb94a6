import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, parse, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { findImportOnly } from "./import-exports.js";
import { IMPORT_META } from "./module-compiler.js";
import type { ResolveModule } from "./module-resolver.js";

/** What cells and the modules beside the notebook load others by. */
export type Require = (name: string) => unknown;

interface Loaded {
  exports: unknown;
  /** What it was made of. */
  readonly text: string;
  /** The modules beside the notebook that it loaded. */
  readonly imports: Set<string>;
}

/** What the modules beside a notebook come from. */
export interface ModuleSources {
  readonly resolve: ResolveModule;
  read(file: string): string | undefined;
  /**
   * @returns CommonJS, and the name that it must have in stacks
   * @throws SyntaxError
   */
  compile(file: string, text: string): { readonly code: string; readonly name: string };
  /** Called with each package that is loaded by its name, and the file that it was loaded from. */
  adapt(name: string, exports: unknown, file: string): void;
  /** What `require("tslab")` gives. */
  tslab(): unknown;
}

const CODE = new Set([".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"]);

/**
 * The modules beside a notebook, which cells and each other load: TypeScript, JavaScript of either kind, and JSON, each
 * as it is when a cell begins. Packages are those that are installed where the notebook lies, or else those of the
 * kernel's own project; Node loads them.
 */
export class LocalModules {
  private readonly loaded = new Map<string, Loaded>();

  /**
   * @param folder the notebook's
   * @param project where packages are looked for that the notebook has not
   */
  constructor(
    private readonly folder: string,
    private readonly project: string,
    private readonly sources: ModuleSources,
  ) {}

  /** Forgets what was changed since it was loaded, and whatever loaded that: it runs anew. */
  refresh(): void {
    const stale = new Set(
      [...this.loaded].flatMap(([file, { text }]) => (this.sources.read(file) === text ? [] : [file])),
    );
    for (let before = -1; before !== stale.size; ) {
      before = stale.size;
      for (const [file, { imports }] of this.loaded) if ([...imports].some((name) => stale.has(name))) stale.add(file);
    }
    for (const file of stale) this.loaded.delete(file);
  }

  /** What `require` is in a file. */
  requireFrom(file: string): Require {
    const native = createRequire(file);
    const load: Require = (name) => {
      if (name === "tslab") return this.sources.tslab();
      const module = this.find(native, name, file);
      if (module === undefined) return this.loadPackage(native, name, dirname(file));
      this.loaded.get(file)?.imports.add(module);
      return this.load(module);
    };
    const { cache, main, extensions } = native;
    const resolve = Object.assign(
      (name: string) => this.find(native, name, file) ?? native.resolve(name),
      native.resolve,
    );
    return Object.assign(load, { resolve, cache, main, extensions });
  }

  /** A file that is ours to load: packages, and what is no module, are Node's. */
  private find(native: NodeJS.Require, name: string, from: string): string | undefined {
    const file =
      this.sources.resolve(name, from) ?? (name.startsWith("#") ? attempt(() => native.resolve(name)) : undefined);
    if (file === undefined || /[\\/]node_modules[\\/]/.test(file)) return undefined;
    return CODE.has(extname(file)) || extname(file) === ".json" ? file : undefined;
  }

  /** From where it is imported, or from the kernel's own project. */
  private loadPackage(native: NodeJS.Require, name: string, folder: string): unknown {
    const load = (require: NodeJS.Require, from: string) =>
      this.loadResolved(require, name, resolvePackage(require, name, from));
    try {
      return load(native, folder);
    } catch (error) {
      if (!isMissing(error, name)) throw error;
      if (/^[./#]/.test(name)) throw moduleNotFound(name);
    }
    try {
      return load(createRequire(join(this.project, "cell.js")), this.project);
    } catch (error) {
      throw isMissing(error, name) ? moduleNotFound(name) : error;
    }
  }

  /** A package of somebody's workspace may be TypeScript, which Node does not load. */
  private loadResolved(native: NodeJS.Require, name: string, file: string): unknown {
    if (/\.[mc]?tsx?$/.test(file)) return this.load(file);
    const exports = native(file) as unknown;
    this.sources.adapt(name, exports, file);
    return exports;
  }

  private load(file: string): unknown {
    const before = this.loaded.get(file);
    if (before !== undefined) return before.exports;
    const text = this.sources.read(file) ?? "";
    const module: Loaded = { exports: {}, text, imports: new Set() };
    // Modules may import each other in a circle.
    this.loaded.set(file, module);
    try {
      if (extname(file) === ".json") module.exports = this.explain(file, () => JSON.parse(text.replace(/^\ufeff/, "")));
      else this.run(file, module);
    } catch (error) {
      this.loaded.delete(file);
      throw error;
    }
    return module.exports;
  }

  private run(file: string, module: Loaded): void {
    const { code, name } = this.sources.compile(file, module.text);
    const parameters = ["exports", "require", "module", "__filename", "__dirname", IMPORT_META];
    const run = this.explain(file, () => compileFunction(code, parameters, { filename: name }));
    const require = this.requireFrom(file) as NodeJS.Require;
    const meta = {
      ...{ url: pathToFileURL(file).href, filename: file, dirname: dirname(file) },
      resolve: (name: string) => pathToFileURL(require.resolve(name)).href,
    };
    run.call(module.exports, module.exports, require, module, file, dirname(file), meta);
  }

  /** Says in which file something is that cannot be read. */
  private explain<T>(file: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { message } = error as Error;
      const hint = /\bawait\b/.test(message) ? " A module that a cell imports cannot await outside of a function." : "";
      throw new SyntaxError(`${relative(this.folder, file)}: ${message}.${hint}`);
    }
  }
}

/** Node's own error names the files that asked, too: the kernel's, with folders of the machine. */
function moduleNotFound(name: string): Error {
  return Object.assign(new Error(`Cannot find module '${name}'`), { code: "MODULE_NOT_FOUND" });
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "MODULE_NOT_FOUND" && message.startsWith(`Cannot find module '${name}'`);
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

function resolvePackage(native: NodeJS.Require, name: string, folder: string): string {
  try {
    return native.resolve(name);
  } catch (error) {
    const refused = (error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    const found = refused ? findImportOnly(name, folder) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

/**
 * The last folder in which packages are looked for from anywhere, `/node_modules`, as a view of a project's: what the
 * compiler does not find beside the notebook, it finds there.
 */
export function lastPackages(notebook: string, project: string): (path: string) => string {
  const last = join(parse(notebook).root, "node_modules").replaceAll("\\", "/");
  return (path) => {
    if (path !== last && !path.startsWith(`${last}/`)) return path;
    if (existsSync(path) && path !== last) return path;
    return join(project, "node_modules", path.slice(last.length));
  };
}
