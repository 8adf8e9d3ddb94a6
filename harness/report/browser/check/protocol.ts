import type { ReportCheck } from "../../check/check-report.js";
import type { CheckedReport } from "../../check/recompute.js";
import type { EmbeddedFile } from "../../document/embedded-file.js";

/** What the worker is asked. */
export interface CheckRequest {
  readonly report: CheckedReport;
  readonly files: readonly EmbeddedFile[];
  /** What predictions are scored with, packed. */
  readonly scoring: string;
}

/** What the worker says: how far it is, what came of it, or why nothing did. */
export type CheckAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly steps: number }
  | { readonly kind: "done"; readonly check: ReportCheck; readonly changedFiles: readonly string[] | undefined }
  | { readonly kind: "failed"; readonly problem: string };
