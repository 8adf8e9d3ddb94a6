import { createRequire } from "node:module";
import type { CodeMetadata } from "tslab/dist/metadata.js";
import type * as Compiler from "typescript";
import { adaptCompiler } from "./cell-compiler.js";
import type { NameInfo } from "./inspect-name.js";
import type { Require } from "./local-modules.js";
import type { ResolveModule } from "./module-resolver.js";
import type { Folders } from "./project-folder.js";
import type { Locate } from "./source-map.js";

/**
 * The parts of tslab 1.0.22 that the kernel uses: its compiler of cells and its executor. What lies between them and
 * Jupyter is our own, because that is where tslab's defects are (docs/notebooks.md).
 */
export interface Tslab {
  createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
  createExecutor(root: string, converters: Converters, console: ExecutorConsole): Executor;
  isCompleteCode(code: string): { completed: boolean; indent?: string };
  /** Where `tslab.display` and our displays find how to reach the front end. */
  readonly jupyter: { lastWriteDisplayData: WriteDisplayData | null };
  /** Makes this the `require` of cells. There must be an executor. */
  setRequire(require: Require): void;
  /** What cells get by `import … from "tslab"`. */
  library(): unknown;
  /** The TypeScript that compiles cells. */
  readonly compiler: typeof Compiler;
  /** Where the places of the code come from that was compiled last. */
  locatorOf(output: string): Locate | undefined;
  /** Finds a module beside the notebook. */
  readonly resolve: ResolveModule;
  /** Reads a file as the compiler does: modules that cells declare are files, too. */
  readFile(path: string): string | undefined;
  /** Makes the compiler read anew what was changed. */
  refresh(): void;
}

/** Sends a bundle to the front end, as a new output or as an update of the one with the same display id. */
export type WriteDisplayData = (bundle: Readonly<Record<string, unknown>>, update: boolean) => void;

/** tslab's compiler of cells; `declarations` are those of earlier cells, as TypeScript. */
export interface Converter {
  convert(declarations: string, source: string): Converted;
  inspect(declarations: string, source: string, position: number): unknown;
  complete(declarations: string, source: string, position: number): unknown;
  addModule(name: string, source: string, metadata: CodeMetadata): unknown[];
  close(): void;
}

/** A compiled cell: its code and declarations, or why there are none. */
export interface Converted {
  readonly output?: string;
  readonly declOutput?: string;
  readonly hasToplevelAwait?: boolean;
  readonly diagnostics: readonly unknown[];
}

/** tslab's two compilers; the kernel only runs code for Node. */
export interface Converters {
  readonly node: Converter;
  readonly browser: Converter;
  close(): void;
}

/** Where the executor reports: values by `log`, what was thrown and what does not compile by `error`. */
export interface ExecutorConsole {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** Runs compiled cells one after the other, in one scope. */
export interface Executor {
  /** @returns whether it went well */
  execute(source: string): Promise<boolean>;
  inspect(source: string, position: number): NameInfo | undefined;
  complete(source: string, position: number): { start: number; end: number; candidates: string[] };
  /** What cells have declared, by name. */
  readonly locals: Record<string, unknown>;
  interrupt(): void;
  close(): void;
}

/** Loads tslab's parts; they use our compiler, see {@link adaptCompiler}. */
export function loadTslab(folders: Folders): Tslab {
  const require = createRequire(import.meta.url);
  const fromTslab = createRequire(require.resolve("tslab"));
  const compilerPath = fromTslab.resolve("@tslab/typescript-for-tslab");
  const compiler = fromTslab(compilerPath) as typeof Compiler;
  const { adapted, ...found } = adaptCompiler(compiler, folders);
  // tslab copies its compiler's functions when it is loaded: what it finds in the cache is what it uses.
  fromTslab.cache[compilerPath]!.exports = adapted;
  const { createConverter, isCompleteCode } = require("tslab/dist/converter.js") as Tslab;
  const { createExecutor } = require("tslab/dist/executor.js") as Tslab;
  const jupyter = require("tslab/dist/jupyter.js") as Tslab["jupyter"];
  const library = () => require("tslab") as unknown;
  const setRequire = (own: Require) => {
    (globalThis as unknown as { __tslab__: { require: Require } }).__tslab__.require = own;
  };
  return {
    ...{ createConverter, createExecutor, isCompleteCode, jupyter },
    ...{ setRequire, library, compiler },
    ...found,
  };
}
