import { findTask } from "../tasks/task-registry.js";

/** How a page lays its content out: what a newer version may do otherwise, of the same data. */
export interface Arrangement {
  /** Whether the task's main score stands before all others, and next to what each row is about. */
  readonly isMainFirst: boolean;
  /** Whether attention maps side by side have one colour range at rest. */
  readonly hasOneRange: boolean;
}

/** That of this version. */
export const ARRANGEMENT: Arrangement = { isMainFirst: true, hasOneRange: true };

/** The names of scores, the task's main score first where it should be. */
export function orderScores(names: readonly string[], task: string, { isMainFirst }: Arrangement): string[] {
  if (!isMainFirst) return [...names];
  const { mainScore } = findTask(task);
  return [...names.filter((name) => name === mainScore), ...names.filter((name) => name !== mainScore)];
}
