import { type Group, groupExamples } from "@simvlm/metrics";
import { examplesById } from "./examples-by-id.js";
import type { Grouping, Task, TaskData, Truth } from "./task.js";

/** What tables call all examples together: a group of that name is told apart. */
const WHOLES = ["all", "entire"];

/** The examples by their kind; those of no kind are in no group. */
export function groupBy({ by, order }: Grouping, examples: readonly Truth[], firstSeen = false): Group[] {
  const kinds = examples.map(({ groups }) => {
    const kind = groups?.[by];
    return kind !== undefined && WHOLES.includes(kind) ? `${kind} (${by})` : kind;
  });
  return groupExamples(kinds, firstSeen ? "first-seen" : order);
}

/** The examples of these ids, which the data has, by the first of the task's groupings; no group without one. */
export function groupScored({ groupings: [grouping] = [] }: Task, data: TaskData, ids: readonly string[]): Group[] {
  if (!grouping) return [];
  const examples = examplesById(data);
  return groupBy(
    grouping,
    ids.map((id) => examples.get(id)!),
  );
}
