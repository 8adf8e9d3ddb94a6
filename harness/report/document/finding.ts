/** What came of one of the checks of a report. */
export interface Finding {
  /** One sentence each. */
  readonly differences: readonly string[];
  readonly notes?: readonly string[];
  /** What has been confirmed, where it is not all. */
  readonly confirmed?: string | undefined;
  /** Why it was not looked at. */
  readonly skipped?: string | undefined;
}
