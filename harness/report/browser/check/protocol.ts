import type { ReportCheck } from "../../check/check-report.js";
import type { ReportData } from "../../document/data.js";
import type { SealedValues } from "../../document/sealed-values.js";

/** What the worker is asked. */
export interface CheckRequest {
  readonly data: ReportData;
  readonly seal: SealedValues;
}

/** What a check found. */
export interface Checked {
  /** Undefined where the report does not hold what it was scored with. */
  readonly check: ReportCheck | undefined;
  /** Undefined where the browser does not hash. */
  readonly hashes: CheckedHashes | undefined;
}

/** What hashes say. */
export interface CheckedHashes {
  /** Values that are not what they were when the report was written, with their paths, as JSON. */
  readonly changed: readonly (readonly [path: string, value: string])[];
  /** How many values are as they were. */
  readonly kept: number;
  /** How many are no longer there. */
  readonly removed: number;
  /** Data files in the report that do not have the hash that it gives for them. */
  readonly files: readonly string[];
}

/** What the worker says: how far it is, what came of it, or why nothing did. */
export type CheckAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly steps: number }
  | ({ readonly kind: "done" } & Checked)
  | { readonly kind: "failed"; readonly problem: string };
