import type { ExplainedExample } from "../../../compare/explained.js";
import type { ReportCheck } from "../../check/check-report.js";
import type { SealedValues } from "../../document/sealed-values.js";

/** What the worker does for a page, of the one report that it was given. */
export interface ScoringWork {
  /** Scores all again, and compares the hashes of what the page holds with its seal. */
  readonly check: (seal: SealedValues) => Promise<Checked>;
  /** Why an example has its scores, of each run. */
  readonly explain: (id: string) => Promise<readonly ExplainedExample[]>;
  /** A score of each scored example by itself. */
  readonly scores: (name: string) => Promise<ScoredExamples>;
  /** The right answers of each scored example, by its id. */
  readonly references: () => Promise<ReadonlyMap<string, readonly string[]>>;
}

/** One score of the scored examples. */
export interface ScoredExamples {
  readonly ids: readonly string[];
  /** Of each run, in the order of the ids. */
  readonly values: readonly (readonly number[])[];
}

/** What a check found. */
export interface Checked {
  /** Undefined where the report does not hold what it was scored with, or cannot be scored. */
  readonly check: ReportCheck | undefined;
  /** Why it cannot be scored, where its data are no report's: somebody changed what they are made of. */
  readonly problem?: string | undefined;
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

/** A question to the worker. */
export interface WorkRequest {
  /** By which its answer is known. */
  readonly question: number;
  readonly kind: keyof ScoringWork;
  readonly asked: readonly unknown[];
}

/** What the worker says: how far it is, what came of a question, or why nothing did. */
export type WorkAnswer =
  | { readonly kind: "progress"; readonly done: number; readonly steps: number }
  | { readonly kind: "done"; readonly question: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly question: number; readonly problem: string };
