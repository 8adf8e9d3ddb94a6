import { SimvlmError } from "@simvlm/metrics";
import { TASK_SETTING_DEFAULTS, type Task } from "./task.js";

/** Which split is meant. */
export interface UsualSplit {
  readonly split: string;
  /** Whether it was taken because the folder has no other. */
  readonly isOnly: boolean;
}

/**
 * The split that was named or, where none was, the test split of a data set's folder, or else the only split that there is.
 * @throws SimvlmError `ambiguous-split` for `val` where val2014 and val2017 are there: they overlap, and are not the same
 */
export async function findUsualSplit(task: Task, folder: string, named?: string): Promise<UsualSplit> {
  const { split } = TASK_SETTING_DEFAULTS;
  const there = (await task.listSplits?.(folder)) ?? [];
  if (named !== undefined) {
    requireOneYear(named, there, folder);
    return { split: named, isOnly: false };
  }
  const [first, ...more] = there;
  if (first === undefined || more.length > 0 || first === split) return { split, isOnly: false };
  return { split: first, isOnly: true };
}

function requireOneYear(split: string, there: readonly string[], folder: string): void {
  const years = there.filter((name) => name.startsWith(split) && /^\d{4}$/.test(name.slice(split.length)));
  if (years.length < 2 || there.includes(split)) return;
  throw new SimvlmError(
    "ambiguous-split",
    `${folder} has the split ${split} of several years: ${years.join(", ")}. Say which is meant, such as ${years.at(-1)}.`,
  );
}
