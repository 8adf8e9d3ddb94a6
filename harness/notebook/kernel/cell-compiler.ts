import { basename, parse } from "node:path";
import type * as Compiler from "typescript";
import { assetPath } from "../../files/asset.js";
import { lastPackages } from "./local-modules.js";
import { createResolver, type FileSystem, readPathOptions } from "./module-resolver.js";
import { openExports } from "./open-exports.js";
import type { Folders } from "./project-folder.js";
import { chain, type Locate, locateByMap, splitInlineMap } from "./source-map.js";

type CompilerHost =
  Compiler.WatchCompilerHostOfFilesAndCompilerOptions<Compiler.EmitAndSemanticDiagnosticsBuilderProgram>;
type Transpile = typeof Compiler.transpileModule;

/** The names that tslab gives the file of a cell, and the folder in which it expects what that is compiled to. */
const CELL_FILE = "__tslab__.ts";
const OUT_FOLDER = "outDir";

/**
 * What tslab lets nobody choose. Of the installed types only Node's are global, which starts a kernel a second earlier;
 * packages are found by their `exports`, as Node finds them; ES2023 is what Node 20 runs.
 */
const COMPILER_OPTIONS = {
  types: ["node"],
  lib: ["lib.es2023.d.ts", assetPath("kernel", "node-20.d.ts")],
  allowImportingTsExtensions: true,
  customConditions: ["node"],
  inlineSourceMap: true,
  // JavaScript runs as it is; tslab would refuse what its types do not prove.
  checkJs: false,
};

/** What a cell may import and change meanwhile: code, and no declarations. */
const OWN_SOURCE = /(?<!\.d|[\\/]node_modules[\\/].*)\.[mc]?[jt]sx?$|\.json$/;

/**
 * The compiler of cells with our options. It reads files through {@link openExports}, finds packages of the kernel's own
 * project last, knows of changed files at once, and compiles cells alone: modules are compiled when they are loaded.
 */
export function adaptCompiler(compiler: typeof Compiler, { notebook, modules }: Folders) {
  const locators = new Map<string, Locate>();
  const locatorOf = (output: string) => {
    const locate = locators.get(output);
    locators.clear();
    return locate;
  };
  const transpileModule = traceTranspiling(compiler, locators);
  const find = lastPackages(notebook, modules);
  const paths = readPathOptions(compiler, notebook);
  const watched = new WatchedFiles();
  let fileSystem: FileSystem = compiler.sys;

  const createWatchCompilerHost = ((files: string[], options: object, ...rest: never[]) => {
    const moduleResolution = compiler.ModuleResolutionKind.Bundler;
    // A cell may import what lies above its notebook.
    const rootDir = parse(notebook).root.replaceAll("\\", "/");
    const all = { ...options, ...COMPILER_OPTIONS, ...paths, moduleResolution, rootDir };
    const host = (compiler.createWatchCompilerHost as (...args: unknown[]) => CompilerHost)(files, all, ...rest);
    const { readFile, fileExists, directoryExists, realpath, watchFile } = host;
    fileSystem = { readFile, fileExists };
    return {
      ...host,
      ...oneTimer(host),
      watchFile: (path, callback, ...how) =>
        OWN_SOURCE.test(path) && basename(path) !== CELL_FILE
          ? watched.add(path, readFile(path), callback)
          : watchFile(path, callback, ...how),
      readFile: (path, encoding) => openExports(path, readFile(find(path), encoding)),
      fileExists: (path) => fileExists(find(path)),
      directoryExists: (path) => directoryExists!(find(path)),
      realpath: (path) => realpath!(find(path)),
    } satisfies CompilerHost;
  }) as typeof compiler.createWatchCompilerHost;

  const createWatchProgram = ((host: CompilerHost) => {
    const { afterProgramCreate } = host;
    host.afterProgramCreate = (builder) => {
      const emit = builder.emit.bind(builder);
      builder.emit = (file, write, ...rest) => {
        if (file === undefined || basename(file.fileName) === CELL_FILE) {
          return emit(file, (name, ...written) => write?.(`${OUT_FOLDER}/${basename(name)}`, ...written), ...rest);
        }
        return { emitSkipped: true, diagnostics: [] };
      };
      afterProgramCreate?.(builder);
    };
    return compiler.createWatchProgram(host);
  }) as typeof compiler.createWatchProgram;

  return {
    adapted: { ...compiler, createWatchCompilerHost, createWatchProgram, transpileModule },
    locatorOf,
    resolve: createResolver(compiler, paths, () => fileSystem),
    readFile: (path: string) => fileSystem.readFile(path),
    /** Makes the compiler read anew what was changed. */
    refresh: () => watched.refresh((path) => fileSystem.readFile(path)),
  };
}

/** The modules that cells import: looked at before each cell, since watching by the system takes its time. */
class WatchedFiles {
  private readonly files = new Map<string, { text: string | undefined; callback: Compiler.FileWatcherCallback }>();

  add(path: string, text: string | undefined, callback: Compiler.FileWatcherCallback): Compiler.FileWatcher {
    const file = { text, callback };
    this.files.set(path, file);
    return {
      close: () => {
        if (this.files.get(path) === file) this.files.delete(path);
      },
    };
  }

  refresh(read: (path: string) => string | undefined): void {
    for (const [path, file] of [...this.files]) {
      const text = read(path);
      if (text === file.text) continue;
      const kind = text === undefined ? DELETED : file.text === undefined ? CREATED : CHANGED;
      file.text = text;
      file.callback(path, kind);
    }
  }
}

/** The compiler's `FileWatcherEventKind`, which is there at run time only. */
const [CREATED, CHANGED, DELETED] = [0, 1, 2] as const;

/**
 * tslab fires the compiler's timer by itself, before each cell, and breaks down where there are two: as when files
 * appear in a folder where an import was looked for.
 */
function oneTimer({ setTimeout, clearTimeout }: CompilerHost): Pick<CompilerHost, "setTimeout" | "clearTimeout"> {
  const waiting = new Map<number, () => void>();
  let ids = 0;
  let timer: unknown;
  const fire = () => {
    // What fires may set a timer.
    for (const [id, callback] of waiting) {
      waiting.delete(id);
      callback();
    }
    timer = undefined;
  };
  return {
    setTimeout(callback, milliseconds, ...args: unknown[]) {
      waiting.set(++ids, () => callback(...args));
      timer ??= setTimeout!(fire, milliseconds);
      return ids;
    },
    clearTimeout(id: number) {
      if (!waiting.delete(id) || waiting.size > 0) return;
      clearTimeout!(timer);
      timer = undefined;
    },
  };
}

/** tslab compiles twice, first to ES modules, with a source map at the end, then those to CommonJS. */
function traceTranspiling(compiler: typeof Compiler, locators: Map<string, Locate>): Transpile {
  return (text, options) => {
    const { code, map } = splitInlineMap(text);
    if (map === undefined) return compiler.transpileModule(text, options);
    const compilerOptions = { ...options.compilerOptions, sourceMap: true };
    const made = compiler.transpileModule(code, { ...options, compilerOptions });
    const outputText = made.outputText.replace(/\/\/# sourceMappingURL=\S+\s*$/, "");
    locators.set(outputText, chain(locateByMap(made.sourceMapText!), locateByMap(map)));
    return { ...made, outputText };
  };
}
