import { TASK_SETTING_DEFAULTS, type Task } from "./task.js";

/** Which split is meant where nobody names one. */
export interface UsualSplit {
  readonly split: string;
  /** Whether it was taken because the folder has no other. */
  readonly isOnly: boolean;
}

/** The test split of a data set's folder or, where there is none, the only split that there is. */
export async function findUsualSplit(task: Task, folder: string): Promise<UsualSplit> {
  const { split } = TASK_SETTING_DEFAULTS;
  const there = (await task.listSplits?.(folder)) ?? [];
  const [first, ...more] = there;
  if (first === undefined || more.length > 0 || first === split) return { split, isOnly: false };
  return { split: first, isOnly: true };
}
