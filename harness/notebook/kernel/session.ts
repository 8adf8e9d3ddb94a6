import { createRequire } from "node:module";
import { join } from "node:path";
import type * as DanfojsPlot from "../display/danfojs-plot.js";
import { type CellError, describeDiagnostics, describeThrown, simpleError } from "./cell-error.js";
import { CellStacks } from "./cell-stacks.js";
import { completeString } from "./complete-string.js";
import { explainForeign } from "./foreign-syntax.js";
import { describeName, placesOfNames } from "./inspect-name.js";
import { LocalModules } from "./local-modules.js";
import { compileModule } from "./module-compiler.js";
import type { Folders } from "./project-folder.js";
import { columnAsWritten, expandShorthand } from "./shorthand.js";
import type { Locate } from "./source-map.js";
import { type Converted, type Converter, type Converters, loadTslab, type Tslab } from "./tslab.js";

/** Makes the library a variable of every cell, which is loaded when it is first used, and lets cells ask for a line. */
const PRELUDE = `declare const simvlm: typeof import("simvlm/all");
/** Asks for a line of text in the front end, and waits for it. */
declare function prompt(message?: string, value?: string): string;`;

/** Runs cells one after the other; each sees what earlier ones declared. */
export interface Session {
  readonly tslab: Tslab;
  /**
   * @param number undefined for a cell that is not counted
   * @returns what went wrong; undefined if nothing did
   */
  run(source: string, number: number | undefined): Promise<CellError | undefined>;
  /** What a cell threw outside of its run. */
  describe(thrown: unknown, note: string): CellError;
  complete(source: string, position: number): { start: number; end: number; candidates: string[] };
  /** What is known of the name at that position; undefined if nothing is. */
  inspect(source: string, position: number): string | undefined;
  interrupt(): void;
  close(): void;
}

/** What `prompt` is in cells. */
type Prompt = (message?: string, value?: string) => string;

/** Starts a session. It takes a second or two: a compiler starts and reads the library's types. */
export async function startSession({ notebook, modules, files }: Folders, prompt: Prompt): Promise<Session> {
  const stacks = new CellStacks([notebook, modules]);
  stacks.install();
  const tslab = loadTslab({ notebook, modules, files });
  const localModules = new LocalModules(notebook, modules, {
    resolve: tslab.resolve,
    read: tslab.readFile,
    compile(file, text) {
      const compiled = compileModule(tslab.compiler, file, text, notebook);
      return { code: compiled.code, name: stacks.addModule(file, compiled) };
    },
    adapt: adaptPackage(),
    tslab: tslab.library,
  });
  // The compiler asks once, when it starts.
  process.chdir(notebook);
  let isPrelude = true;
  let number: number | undefined;
  const repaired = (converter: Converter): Converter => ({
    ...converter,
    convert(declarations, source) {
      const { expanded, converted } = convertExpanded(tslab, converter, declarations, source);
      const { output } = converted;
      if (isPrelude || output === undefined) return converted;
      const repairedCell = repairConverted(converted);
      const locate = locateInCell(tslab.locatorOf(output), source, expanded, repairedCell.hasToplevelAwait ?? false);
      return nameCell(repairedCell, stacks.addCell(number, { source, locate }));
    },
  });
  let reported: unknown[][] = [];
  const executor = tslab.createExecutor(notebook, createConverters(tslab, repaired), {
    log: (...values) => console.log(...values),
    error: (...values) => reported.push(values),
  });
  tslab.setRequire(localModules.requireFrom(join(notebook, "cell.js")));
  await executor.execute(PRELUDE);
  isPrelude = false;
  Object.assign(executor.locals, { prompt, simvlm: lazyModule(join(modules, "cell.js"), "simvlm/all") });
  process.chdir(files);

  const describe = (thrown: unknown) => {
    stacks.undecorate(thrown);
    return describeThrown(thrown, stacks);
  };
  return {
    tslab,
    async run(source, cellNumber) {
      reported = [];
      number = cellNumber;
      tslab.refresh();
      localModules.refresh();
      try {
        if (await executor.execute(source)) {
          // A cell that declares a module succeeds with diagnostics.
          for (const values of reported) console.error(...values);
          return undefined;
        }
      } catch (error) {
        return describe(error);
      }
      const [first] = reported;
      if (first === undefined) return simpleError("Error", "The cell failed, and did not say why.");
      // The one thing thrown, or a diagnostic a call, as format and its arguments.
      return first.length === 1 ? describe(first[0]) : describeFaults(reported, source);
    },
    describe(thrown, note) {
      const error = describe(thrown);
      return { ...error, traceback: [...error.traceback, note] };
    },
    complete(source, position) {
      tslab.refresh();
      const inString = completeString(tslab.compiler, source, position, { notebook, modules });
      return inString ?? executor.complete(source, position);
    },
    inspect(source, position) {
      tslab.refresh();
      for (const place of placesOfNames(tslab.compiler, source, position)) {
        const info = executor.inspect(source, place);
        if (info) return describeName(info);
      }
      return undefined;
    },
    interrupt: () => executor.interrupt(),
    close: () => executor.close(),
  };
}

/** The calls with which tslab tells what does not compile: format, file, line, column, text. */
function describeFaults(calls: readonly (readonly unknown[])[], source: string): CellError {
  const lines = calls.flatMap(([, file, line]) => (file === "" ? [Number(line)] : []));
  return explainForeign(source, lines, describeDiagnostics(calls, source));
}

/** danfojs draws in browsers only: its plots are brought into the notebook. What draws is loaded when it is needed. */
function adaptPackage(): (name: string, exports: unknown, file: string) => void {
  const require = createRequire(import.meta.url);
  let isAdapted = false;
  return (name, exports, file) => {
    if (name !== "danfojs-node" || isAdapted) return;
    isAdapted = true;
    const { bringPlots } = require("../display/danfojs-plot.js") as typeof DanfojsPlot;
    bringPlots(exports as Parameters<typeof bringPlots>[0], file);
  };
}

/** The compiler of browser cells starts when there is one. */
function createConverters({ createConverter }: Tslab, repaired: (converter: Converter) => Converter): Converters {
  const node = repaired(createConverter({ isJS: false, isBrowser: false }));
  let browser: Converter | undefined;
  return {
    node,
    get browser() {
      browser ??= createConverter({ isJS: false, isBrowser: true });
      return browser;
    },
    close() {
      node.close();
      browser?.close();
    },
  };
}

/** What does not compile is reported at its place in the cell as it was written. */
function convertExpanded({ compiler }: Tslab, converter: Converter, declarations: string, source: string) {
  const expanded = expandShorthand(compiler, source);
  const converted = converter.convert(declarations, expanded);
  const faulty = expanded !== source && converted.diagnostics.length > 0;
  return { expanded, converted: faulty ? converter.convert(declarations, source) : converted };
}

/** What tslab writes before a cell's first line, and before it compiles one: `export {};`. */
const WRAPPERS = { async: "(async function(exports, require) { ", sync: "(function(exports, require) { " };
const LINES_BEFORE = 1;

/** Leads from places of the code that runs to those of the cell as it was written. */
function locateInCell(locate: Locate | undefined, source: string, expanded: string, isAsync: boolean): Locate {
  const [written, compiled] = [source.split("\n"), expanded.split("\n")];
  const before = (isAsync ? WRAPPERS.async : WRAPPERS.sync).length;
  return ({ line, column }) => {
    const place = locate?.({ line, column: line === 1 ? Math.max(1, column - before) : column });
    if (place === undefined) return undefined;
    const at = place.line - LINES_BEFORE;
    if (at < 1 || at > written.length) return undefined;
    return { line: at, column: columnAsWritten(written[at - 1]!, compiled[at - 1]!, place.column) };
  };
}

/**
 * tslab takes a cell for an asynchronous one only where the compiler complains of an `await`, which it does not of
 * `await (…)` and `for await`. An `await` inside a function of the cell makes it asynchronous here, too: that does no harm.
 */
function repairConverted(converted: Converted): Converted {
  return { ...converted, hasToplevelAwait: converted.hasToplevelAwait || /\bawait\b/.test(converted.output ?? "") };
}

/** Gives the cell's code the name that a stack shows. */
function nameCell(converted: Converted, name: string): Converted {
  if (!converted.output) return converted;
  return { ...converted, output: `${converted.output}\n//# sourceURL=${name}` };
}

/** A module's namespace that loads the module when it is first looked into. */
function lazyModule(from: string, name: string): object {
  const require = createRequire(from);
  const load = (): object => require(name) as object;
  return new Proxy(Object.create(null) as object, {
    get: (_, key) => Reflect.get(load(), key) as unknown,
    has: (_, key) => Reflect.has(load(), key),
    ownKeys: () => Reflect.ownKeys(load()),
    getOwnPropertyDescriptor(_, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(load(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}
