import type { TaskData, TaskExample } from "./task.js";

const known = new WeakMap<TaskData["examples"], ReadonlyMap<string, TaskExample>>();

/** The examples of a data set by their ids; the same map whenever it is asked for. */
export function examplesById({ examples }: Pick<TaskData, "examples">): ReadonlyMap<string, TaskExample> {
  const byId = known.get(examples) ?? new Map(examples.map((example) => [example.id, example]));
  known.set(examples, byId);
  return byId;
}
