import { DOMAINS, readNocaps } from "../formats/nocaps.js";
import { readVqa } from "../formats/vqa.js";
import type { TaskData, TaskName } from "../tasks/task.js";

/** Examples that scores are also given of: a domain's, an answer type's. */
export interface Group {
  readonly name: string;
  /** Their places among the scored examples. */
  readonly rows: Int32Array;
}

/** What tasks sort their examples by: the kind of each, by id. */
const SORTERS: Partial<Record<TaskName, (references: string) => Promise<[id: string, kind: string | undefined][]>>> = {
  caption: async (references) => (await readNocaps(references)).map(({ id, domain }) => [id, domain]),
  vqa: async (references) => (await readVqa({ annotations: references })).map(({ id, answerType }) => [id, answerType]),
};

/** In NoCaps' order of domains, else in alphabetical order; none for tasks and data without. */
export async function groupExamples(
  task: TaskName,
  { references }: TaskData,
  ids: readonly string[],
): Promise<Group[]> {
  const sorter = SORTERS[task];
  if (sorter === undefined || references === undefined) return [];
  const kinds = new Map(await sorter(references));
  const rows = new Map<string, number[]>(DOMAINS.map((name) => [name, []]));
  for (const [row, id] of ids.entries()) {
    const kind = kinds.get(id);
    if (kind === undefined) continue;
    if (!rows.has(kind)) rows.set(kind, []);
    rows.get(kind)!.push(row);
  }
  const found = [...rows].filter(([, own]) => own.length > 0);
  const ordered = found.sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1));
  return ordered.map(([name, own]) => ({ name, rows: Int32Array.from(own) }));
}

function order(kind: string): number {
  return (DOMAINS as readonly string[]).indexOf(kind);
}
