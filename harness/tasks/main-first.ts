import { findTask } from "./task-registry.js";

/** The names of scores as they are shown: the task's main score first, the others in their order. */
export function orderScores(names: readonly string[], task: string): string[] {
  const { mainScore } = findTask(task);
  return [...names.filter((name) => name === mainScore), ...names.filter((name) => name !== mainScore)];
}
