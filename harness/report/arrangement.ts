import { orderScores } from "../tasks/main-first.js";

/** How a page lays its content out: what a newer version may do otherwise, of the same data. */
export interface Arrangement {
  /** Whether the task's main score stands before all others, and next to what each row is about. */
  readonly isMainFirst: boolean;
  /** Whether attention maps side by side have one colour range at rest. */
  readonly hasOneRange: boolean;
  /** Whether it says what scores, intervals, p-values and signatures are. */
  readonly isExplained: boolean;
  /** Whether its data are packed. */
  readonly isPacked: boolean;
  /** Whether it can score itself again in a browser. */
  readonly isCheckable: boolean;
}

/** That of this version. */
export const ARRANGEMENT: Arrangement = {
  isMainFirst: true,
  hasOneRange: true,
  isExplained: true,
  isPacked: true,
  isCheckable: true,
};

/** The names of scores, the task's main score first where it should be. */
export function arrangeScores(names: readonly string[], task: string, { isMainFirst }: Arrangement): string[] {
  return isMainFirst ? orderScores(names, task) : [...names];
}
