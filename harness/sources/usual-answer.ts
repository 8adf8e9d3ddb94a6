import { familyOf } from "../models/family-registry.js";
import { type AnswerKind, generatedIfPossible, type Task } from "../tasks/task.js";

/**
 * How a checkpoint answers a task where nobody says: by generating, where no model of its family has a classification
 * head; else as the task has it (undefined), so that a model whose head is missing is not taken for another.
 * @param nameOrPath as `resolveModelFolder` takes it
 * @throws SimvlmError as `familyOf`
 */
export async function usualAnswer(task: Task, nameOrPath: string): Promise<AnswerKind | undefined> {
  const { heads = true } = await familyOf(nameOrPath);
  return heads ? undefined : generatedIfPossible(task);
}
