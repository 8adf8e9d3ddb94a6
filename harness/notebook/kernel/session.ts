import { createRequire } from "node:module";
import { join } from "node:path";
import {
  type CellCode,
  type CellError,
  cellName,
  describeDiagnostics,
  describeThrown,
  simpleError,
} from "./cell-error.js";
import type { Folders } from "./project-folder.js";
import { expandShorthand } from "./shorthand.js";
import { type Converted, type Converter, type Converters, loadTslab, type Tslab } from "./tslab.js";

/** Makes the library a variable of every cell. It is loaded when it is first used. */
const PRELUDE = 'declare const simvlm: typeof import("simvlm");';

/** Runs cells one after the other; each sees what earlier ones declared. */
export interface Session {
  readonly tslab: Tslab;
  /** @returns what went wrong; undefined if nothing did */
  run(source: string, number: number): Promise<CellError | undefined>;
  /** What a cell threw outside of its run. */
  describe(thrown: unknown, note: string): CellError;
  complete(source: string, position: number): { start: number; end: number; candidates: string[] };
  /** What is known of the name at that position; undefined if nothing is. */
  inspect(source: string, position: number): string | undefined;
  interrupt(): void;
  close(): void;
}

/** Starts a session. It takes a second or two: a compiler starts and reads the library's types. */
export async function startSession({ modules, files }: Folders): Promise<Session> {
  const tslab = loadTslab();
  // The compiler asks once, when it starts.
  process.chdir(modules);
  const cells = new Map<string, string>();
  let number = 0;
  const repaired = (converter: Converter): Converter => ({
    ...converter,
    convert(declarations, source) {
      const converted = repairConverted(convertExpanded(tslab, converter, declarations, source));
      if (number > 0 && converted.output !== undefined) cells.set(cellName(number), converted.output);
      return number > 0 ? nameCell(converted, cellName(number)) : converted;
    },
  });
  let reported: unknown[][] = [];
  const executor = tslab.createExecutor(modules, createConverters(tslab, repaired), {
    log: (...values) => console.log(...values),
    error: (...values) => reported.push(values),
  });
  await executor.execute(PRELUDE);
  Object.assign(executor.locals, { simvlm: lazyModule(join(modules, "cell.js"), "simvlm") });
  process.chdir(files);

  return {
    tslab,
    async run(source, cellNumber) {
      reported = [];
      number = cellNumber;
      const root = modules;
      try {
        if (await executor.execute(source)) {
          // A cell that declares a module succeeds with diagnostics.
          for (const values of reported) console.error(...values);
          return undefined;
        }
      } catch (error) {
        return describeThrown(error, cells, root);
      }
      return describeReported(reported, source, cells, root);
    },
    describe(thrown, note) {
      const error = describeThrown(thrown, cells, modules);
      return { ...error, traceback: [...error.traceback, note] };
    },
    complete: (source, position) => executor.complete(source, position),
    inspect(source, position) {
      const info = executor.inspect(source, position);
      return info ? tslab.printQuickInfo(info) : undefined;
    },
    interrupt: () => executor.interrupt(),
    close: () => executor.close(),
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
function convertExpanded({ compiler }: Tslab, converter: Converter, declarations: string, source: string): Converted {
  const expanded = expandShorthand(compiler, source);
  const converted = converter.convert(declarations, expanded);
  return expanded === source || converted.diagnostics.length === 0
    ? converted
    : converter.convert(declarations, source);
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

/** What the executor reports of a failure: the one thing thrown, or a diagnostic a call, as format and its arguments. */
function describeReported(reported: unknown[][], source: string, cells: CellCode, root: string): CellError {
  const [first] = reported;
  if (first === undefined) return simpleError("Error", "The cell failed, and did not say why.");
  return first.length === 1 ? describeThrown(first[0], cells, root) : describeDiagnostics(reported, source);
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
