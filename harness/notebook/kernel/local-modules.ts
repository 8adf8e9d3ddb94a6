import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, parse, resolve } from "node:path";
import { compileFunction } from "node:vm";
import { findImportOnly } from "./import-exports.js";

/** What cells and the modules beside the notebook load others by. */
export type Require = (name: string) => unknown;

interface Loaded {
  exports: unknown;
}

/** Endings that an import may leave out, or name as that of the file which is compiled. */
const ENDINGS = ["", ".ts", ".tsx", ".js", "/index.ts", "/index.tsx", "/index.js"];

/**
 * The modules beside a notebook: TypeScript that cells import, compiled with the cells, and the packages that are
 * installed where the notebook lies. Packages that are not come from the kernel's own project.
 */
export class LocalModules {
  /** Compiled code, by file. */
  private readonly compiled = new Map<string, string>();
  private readonly loaded = new Map<string, Loaded>();

  /**
   * @param project where packages are looked for that the notebook has not
   * @param tslab what `require("tslab")` gives
   */
  constructor(
    private readonly project: string,
    private readonly tslab: () => unknown,
  ) {}

  /** A module was compiled, or compiled anew: it runs when it is next loaded. */
  add(file: string, code: string): void {
    this.compiled.set(file, code);
    this.loaded.delete(file);
  }

  /** What `require` is in a file. */
  requireFrom(file: string): Require {
    const native = createRequire(file);
    const load: Require = (name) => {
      if (name === "tslab") return this.tslab();
      const path = /^\.\.?(?:\/|\\|$)/.test(name) || isAbsolute(name) ? resolve(dirname(file), name) : undefined;
      if (path === undefined) return this.loadPackage(native, name, dirname(file));
      const module = this.findCompiled(path);
      return module === undefined ? native(name) : this.run(module);
    };
    const { resolve: resolveName, cache, main, extensions } = native;
    return Object.assign(load, { resolve: resolveName, cache, main, extensions });
  }

  /** From where it is imported, or from the kernel's own project. */
  private loadPackage(native: NodeJS.Require, name: string, folder: string): unknown {
    try {
      return native(resolvePackage(native, name, folder)) as unknown;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND" || !message.startsWith(`Cannot find module '${name}'`)) throw error;
    }
    const own = createRequire(join(this.project, "cell.js"));
    return own(resolvePackage(own, name, this.project)) as unknown;
  }

  private findCompiled(path: string): string | undefined {
    const { dir, name, ext } = parse(path);
    const asTypeScript = ext === ".js" ? [join(dir, `${name}.ts`), join(dir, `${name}.tsx`)] : [];
    return [...ENDINGS.map((ending) => path + ending), ...asTypeScript].find((file) => this.compiled.has(file));
  }

  private run(file: string): unknown {
    const before = this.loaded.get(file);
    if (before !== undefined) return before.exports;
    const module: Loaded = { exports: {} };
    // Modules may import each other in a circle.
    this.loaded.set(file, module);
    try {
      const parameters = ["exports", "require", "module", "__filename", "__dirname"];
      const code = compileFunction(this.compiled.get(file)!, parameters, { filename: file });
      code(module.exports, this.requireFrom(file), module, file, dirname(file));
    } catch (error) {
      this.loaded.delete(file);
      throw error;
    }
    return module.exports;
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
