/** What may have changed between two reports, in the order in which it is reported. */
export const CHANGE_KINDS = ["settings", "data", "weights", "code", "packages", "metrics"] as const;
/** One of {@link CHANGE_KINDS}. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** How one report differs from another; `first` and `second` are JSON, null where there is nothing. */
export interface ReportDiff {
  readonly format: 1;
  readonly runs: {
    readonly both: readonly { readonly first: string; readonly second: string }[];
    readonly onlyFirst: readonly string[];
    readonly onlySecond: readonly string[];
  };
  /** Why numbers of the two should not be compared, a sentence each; absent where they can be. */
  readonly warnings?: readonly string[];
  readonly changes: readonly FieldChange[];
  readonly scores: readonly ScoreChange[];
  /** Absent where neither is sliced. */
  readonly slices?: SliceDiff;
  /** Examples with another prediction, those whose score changed most first. */
  readonly flipped: readonly FlippedExample[];
  /** In what the pages are not as they should be; absent if they are, and for runs. */
  readonly pages?: { readonly first: readonly string[]; readonly second: readonly string[] };
}

/** A field that has changed. */
export interface FieldChange {
  readonly kind: ChangeKind;
  /** Absent for what all runs share. */
  readonly run?: string;
  readonly field: string;
  readonly first: unknown;
  readonly second: unknown;
}

/** A score that has changed. */
export interface ScoreChange {
  readonly run: string;
  readonly subset: string;
  readonly score: string;
  readonly first: number | null;
  readonly second: number | null;
  /** The second minus the first. */
  readonly difference: number | null;
}

/** How the slices of one report differ from those of another. */
export interface SliceDiff {
  /** By what only the first is sliced. */
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  /** On slices that both have, or one of them in a slicing of both. */
  readonly scores: readonly SliceChange[];
}

/** A score that has changed on a slice, which `subset` names. */
export interface SliceChange extends ScoreChange {
  readonly slicing: string;
}

/** An example with another prediction than before. */
export interface FlippedExample {
  readonly run: string;
  readonly id: string;
  /** The predictions; null where the example failed or was not asked. */
  readonly first: string | null;
  readonly second: string | null;
  /** The values of the task's main score. */
  readonly firstValue: number | null;
  readonly secondValue: number | null;
  readonly difference: number | null;
}
