import { basename, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { SimvlmError } from "@simvlm/metrics";
import type { CompiledText } from "./source-map.js";
import { attempt, readError } from "./thrown.js";

/** A text that was compiled, as it is called where somebody reads a stack. */
interface NamedText extends CompiledText {
  readonly label: string;
}

/** A frame that ends in a place, without what stands around the place: inside of a function, and outside of any. */
const IN_FUNCTION = /^(\s+at .*? \()(.+):(\d+):(\d+)(\))$/;
const OUTSIDE = /^(\s+at (?:async )?)(.+):(\d+):(\d+)()$/;

/** What a cell is called that has no number: some front ends run code of their own between cells. */
const UNCOUNTED = "In [ ]";
/** A frame of a cell as it is shown: which cell, and the line. */
const SHOWN_CELL = /\b(In \[(?:\d+| )\]):(\d+):\d+/;
/** Frames that are shown; those of cells are, wherever they are. */
const MOST_FRAMES = 12;
/** How far above the notebook a file may lie that is named with the way to it. */
const MOST_STEPS_UP = 2;

const KERNEL = new URL(".", import.meta.url).href;
const TSLAB = /[\\/]tslab[\\/]dist[\\/]/;
const NODE_VM = /\(node:vm:/;
const NODE = /^node:/;
const IS_FILE = /^(?:file|node):/;
/** A place, the line there, and a mark below it. */
const DECORATION = /^([^\n]+):\d+\n[^\n]*\n[ \t]*\^+\n\n/;

/**
 * What stacks look like to whoever wrote the cells: lines are those that they wrote, files are named as they are seen
 * from the notebook, so that one that is passed on names no folder of the machine, and frames of the kernel and of Node
 * are left out.
 */
export class CellStacks {
  private readonly texts = new Map<string, NamedText>();

  /** @param folders the notebook's, and others that files are named from */
  constructor(private readonly folders: readonly [notebook: string, ...others: string[]]) {}

  /**
   * @param number undefined for one that the front end does not count
   * @returns the name that the cell's code must have in stacks
   */
  addCell(number: number | undefined, text: CompiledText): string {
    const name = `cell-${this.texts.size}`;
    this.texts.set(name, { ...text, label: number === undefined ? UNCOUNTED : `In [${number}]` });
    return name;
  }

  /** @returns the name that the module's code must have in stacks: errors of how it was before may be shown later */
  addModule(file: string, text: CompiledText): string {
    const name = this.texts.has(file) ? `${file}?${this.texts.size}` : file;
    this.texts.set(name, { ...text, label: this.shortenPath(file) });
    return name;
  }

  /** Makes every stack in this process one that is shown, whoever reads or prints it. */
  install(): void {
    const standard = Error.prepareStackTrace;
    Error.prepareStackTrace = (error, sites) => {
      const { name, message } = readError(error) ?? { name: "Error", message: "" };
      // Node's own knows of the codes of its errors.
      const headline = attempt(() => standard?.(error, []) as unknown, undefined) ?? `${name}: ${message}`;
      const frames = sites.map((site) => `    at ${String(site)}`);
      return [headline, ...this.show(frames, name)].join("\n");
    };
  }

  /**
   * Frames of a stack as they are shown; those that are shown already stay as they are.
   *
   * @param errorName where the library found bad input is nobody's business
   */
  show(frames: readonly string[], errorName: string): string[] {
    const all = withoutCaller(frames).flatMap((frame) => this.showFrame(frame));
    const most = errorName === SimvlmError.name ? 0 : MOST_FRAMES;
    return all.filter((frame, index) => SHOWN_CELL.test(frame) || index < most);
  }

  /** Takes away what Node writes above the stack of an error that left a cell: file, line and text of the compiled code. */
  undecorate(thrown: unknown): void {
    const stack = readError(thrown)?.stack ?? "";
    const [decoration, name = ""] = DECORATION.exec(stack) ?? [];
    if (decoration === undefined || !(this.texts.has(name) || IS_FILE.test(name) || isAbsolute(name))) return;
    attempt(() => Object.assign(thrown as Error, { stack: stack.slice(decoration.length) }), undefined);
  }

  /** The line of a cell that is nearest to what went wrong. */
  quote(shown: readonly string[]): string | undefined {
    const [, label, line] = shown.map((frame) => SHOWN_CELL.exec(frame)).find((match) => match !== null) ?? [];
    const text = [...this.texts.values()].findLast((one) => one.label === label);
    return text?.source.split("\n")[Number(line) - 1]?.trim();
  }

  /** Nothing for a frame of Node's or the kernel's. What earlier cells declared is in a proxy. */
  private showFrame(frame: string): string[] {
    const [, before, place, line, column, after] = (frame.endsWith(")") ? IN_FUNCTION : OUTSIDE).exec(frame) ?? [];
    if (place === undefined) return [frame];
    if (NODE.test(place) || place.startsWith(KERNEL) || TSLAB.test(place)) return [];
    const shown = this.showPlace(place.replace(/^eval at .*, /, ""), Number(line), Number(column));
    return [`${before!.replace(" Proxy.", " ")}${shown}${after}`];
  }

  private showPlace(name: string, line: number, column: number): string {
    const text = this.texts.get(name);
    const { line: at, column: from } = text?.locate({ line, column }) ?? { line, column };
    return `${text?.label ?? this.shortenPath(name)}:${at}:${from}`;
  }

  private shortenPath(name: string): string {
    const path = name.startsWith("file://") ? fileURLToPath(name) : name;
    if (!isAbsolute(path)) return path;
    const ways = this.folders.map((folder) => relative(folder, path).split(sep));
    const inside = ways.find(([first]) => first !== "..");
    if (inside !== undefined) return inside.join("/");
    const parts = path.split(sep);
    const packages = parts.lastIndexOf("node_modules");
    if (packages >= 0) return parts.slice(packages).join("/");
    const [way] = ways;
    return way![MOST_STEPS_UP] === ".." ? basename(path) : way!.join("/");
  }
}

/** Without what called the cell: the kernel, and the function that tslab wraps around it. */
function withoutCaller(frames: readonly string[]): readonly string[] {
  const caller = frames.findLastIndex((frame) => TSLAB.test(frame));
  let end = caller < 0 ? frames.length : caller;
  const last = end;
  while (NODE_VM.test(frames[end - 1] ?? "")) end--;
  // A cell that was continued after an `await` was not called by that function.
  return frames.slice(0, end === last ? end : Math.max(0, end - 1));
}
