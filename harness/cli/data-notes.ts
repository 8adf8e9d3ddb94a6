import { dirname, join } from "node:path";
import { listIds } from "../formats/ids.js";
import type { ReferenceSet, Task, TaskData } from "../tasks/task.js";
import type { PicturedSet } from "../tasks/unpictured.js";
import { findUsualSplit } from "../tasks/usual-split.js";
import { formatCount } from "../terminal/numbers.js";
import { tell } from "../terminal/streams.js";

/** The split that is meant; says so where none was named, and it is another than usual. */
export async function chooseSplit(task: Task, folder: string, named: string | undefined): Promise<string> {
  const { split, isOnly } = await findUsualSplit(task, folder, named);
  if (isOnly) tell(`simvlm: note: ${split} is the only split in ${folder}, and is taken`);
  return split;
}

/** Says which files of a folder were read and what they were taken for, unless they are where and what is usual. */
export function noteData({ files, format, examples, unreferenced }: TaskData, split: string, folder: string): void {
  const [first = "", second] = files;
  if (!format || (format.isOfficial && dirname(first) === join(folder))) return;
  const shards = files.filter((file) => file.endsWith(".parquet")).length;
  const which = shards > 1 ? `${first} and ${shards - 1} more` : second === undefined ? first : files.join(", ");
  const count = examples.length + (unreferenced?.length ?? 0);
  tell(`simvlm: ${which}: read as ${format.name}: ${formatCount(count)} examples of the split ${split}`);
}

/** Says what a file of references was taken for, where it is not in the task's official format. */
export function noteReferences({ format, examples, unreferenced }: ReferenceSet, path: string): void {
  if (!format || format.isOfficial) return;
  const count = examples.length + (unreferenced?.length ?? 0);
  tell(`simvlm: ${path}: read as ${format.name}: ${formatCount(count)} examples`);
}

/** Says what was left out because nobody has described or answered it. */
export function noteUnreferenced({ unreferenced = [] }: ReferenceSet): void {
  if (unreferenced.length === 0) return;
  tell(`simvlm: note: left out, for want of references: ${listIds(unreferenced, 10)}`);
}

/** Says what was left out because its picture cannot be looked at, and why. */
export function noteUnpictured({ faults }: PicturedSet): void {
  if (faults.length === 0) return;
  const named = faults.map(({ id, reason }) => `${id} (${reason})`);
  tell(`simvlm: note: left out, for want of pictures: ${listIds(named, 10)}`);
}
