import { SimvlmError } from "@simvlm/metrics";
import { completeSettings, TASK_SETTING_DEFAULTS, type Task } from "./task.js";

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

/** Splits that models are compared on, the usual first; `val2014` and `val2017` are two. */
const COMPARED_ON = [/^test/, /^val/];

/**
 * The split that was named or, where none was, the one of a folder that models are compared on and that has references:
 * test before val.
 * @param images where the pictures lie, if not with the data
 * @throws SimvlmError `nothing-to-score` for a split without references, `ambiguous-split`, and what loading the data throws
 */
export async function findScorableSplit(
  task: Task,
  folder: string,
  { split: named, images }: { readonly split?: string | undefined; readonly images?: string | undefined } = {},
): Promise<{ readonly split: string; readonly isNamed: boolean }> {
  const isScorable = async (split: string) =>
    (await task.load(folder, { ...completeSettings(task, { split }), images })).references !== undefined;
  const there = named === undefined ? ((await task.listSplits?.(folder)) ?? []) : [];
  for (const pattern of there.length > 1 ? COMPARED_ON : []) {
    const scorable: string[] = [];
    for (const split of there.filter((name) => pattern.test(name))) if (await isScorable(split)) scorable.push(split);
    const [first] = scorable;
    if (scorable.length > 1) {
      throw new SimvlmError(
        "ambiguous-split",
        `${folder} has several splits to compare on: ${scorable.join(", ")}. Say which is meant, such as ${scorable.at(-1)}.`,
      );
    }
    if (first !== undefined) return { split: first, isNamed: false };
  }
  const { split } = await findUsualSplit(task, folder, named);
  if (await isScorable(split)) return { split, isNamed: named !== undefined };
  throw new SimvlmError(
    "nothing-to-score",
    `${folder} has no references of the split ${split}, and models are compared by them. Name a split that has some.`,
  );
}

function requireOneYear(split: string, there: readonly string[], folder: string): void {
  const years = there.filter((name) => name.startsWith(split) && /^\d{4}$/.test(name.slice(split.length)));
  if (years.length < 2 || there.includes(split)) return;
  throw new SimvlmError(
    "ambiguous-split",
    `${folder} has the split ${split} of several years: ${years.join(", ")}. Say which is meant, such as ${years.at(-1)}.`,
  );
}
