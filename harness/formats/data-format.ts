import { SimvlmError } from "@simvlm/metrics";
import { describeShape, type FileShape } from "./file-shape.js";
import type { FormatDescription } from "./format.js";

/** What is read of files that hold more than one part of a data set. */
export interface ReadOptions {
  /** Which part is read of files that say of each record which it belongs to; default all. */
  readonly split?: string | undefined;
}

/** A format of data files, with how it is told from the others and read. */
export interface DataFormat<Example> extends FormatDescription {
  matches(shape: FileShape): boolean;
  /**
   * @param shapes of the files, in their order: one, or the shards of a set
   * @throws SimvlmError what is wrong with the files
   */
  read(shapes: readonly FileShape[], options: ReadOptions): Promise<Example[]>;
}

/**
 * The format that a file is in.
 * @param what is looked for: `captions`
 * @throws SimvlmError `unknown-format` that says what was looked for and what was found
 */
export async function recognizeFormat<Format extends FormatDescription & { matches(shape: FileShape): boolean }>(
  formats: readonly Format[],
  shape: FileShape,
  what: string,
): Promise<Format> {
  const found = formats.find((format) => format.matches(shape));
  if (found) return found;
  if (shape.fault !== undefined) {
    throw new SimvlmError("not-json", `${shape.path}: not JSON: ${shape.fault}. It should hold ${what}.`);
  }
  if (shape.refusal !== undefined) {
    throw new SimvlmError("unknown-format", `${shape.path} is ${shape.refusal} It should hold ${what}.`);
  }
  const { nameOtherTasks } = await import("./other-tasks.js"); // which knows all formats, and so whoever asks here
  const other = nameOtherTasks(shape);
  const looked = formats.map(({ name }) => name).join(", ");
  throw new SimvlmError(
    "unknown-format",
    `${shape.path} is in no format that ${what} are read from: it is ${describeShape(shape)}. Looked for: ${looked}.` +
      (other === undefined ? "" : ` It could be ${other}.`) +
      (shape.kind === "table" || shape.kind === "text" ? " Of a table, the first line has to name the columns." : ""),
  );
}
