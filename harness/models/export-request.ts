import type { Execution } from "./model.js";

/** What shapes an export is made for; its graphs hold no others. */
export interface ExportShapes {
  /** Pictures at a time. */
  readonly batch: number;
  /** Places for a prompt; 0 for none. */
  readonly promptLength: number;
  /** Places of the text that is generated, the start token included. */
  readonly maxLength: number;
}

export interface ExportRequest extends ExportShapes, Execution {}

export const EXPORT_DEFAULTS: ExportShapes = { batch: 1, promptLength: 16, maxLength: 32 };

/** What was exported. */
export interface ExportReport extends ExportShapes {
  readonly folder: string;
  /** The names of the graphs' files. */
  readonly graphs: readonly string[];
  /** Between the files, run by themselves, and the compiled model. */
  readonly maxDifference: number;
}
