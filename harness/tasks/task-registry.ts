import { SimvlmError } from "@simvlm/metrics";
import { captionTask } from "./caption-task.js";
import { chairTask } from "./chair-task.js";
import { chartqaTask } from "./chartqa-task.js";
import { completeTask } from "./complete-task.js";
import { docvqaTask } from "./docvqa-task.js";
import { multipleChoiceTask } from "./multiple-choice-task.js";
import { nlvr2Task } from "./nlvr2-task.js";
import { popeTask } from "./pope-task.js";
import { snliVeTask } from "./snli-ve-task.js";
import type { Task, TaskName } from "./task.js";
import { translateTask } from "./translate-task.js";
import { vqaTask } from "./vqa-task.js";

const TASKS = new Map<TaskName, Task>(
  [
    captionTask,
    vqaTask,
    nlvr2Task,
    snliVeTask,
    translateTask,
    completeTask,
    docvqaTask,
    chartqaTask,
    popeTask,
    multipleChoiceTask,
    chairTask,
  ].map((task) => [task.name, task]),
);

/** All tasks there are: those of this package, then those that were added. */
export function listTasks(): Task[] {
  return [...TASKS.values()];
}

/** @throws SimvlmError `unknown-task`, with the names there are */
export function findTask(name: TaskName): Task {
  const task = TASKS.get(name);
  if (task) return task;
  throw new SimvlmError("unknown-task", `There is no task ${name}: it is one of ${[...TASKS.keys()].join(", ")}.`);
}

/**
 * Makes further tasks known; one that is known already is passed over.
 * @throws SimvlmError `duplicate-name` where another task has the name; then none is added
 */
export function addTasks(definitions: readonly Task[]): void {
  const added = new Map<TaskName, Task>();
  for (const task of definitions) {
    const known = TASKS.get(task.name) ?? added.get(task.name);
    if (known && known !== task) {
      throw new SimvlmError(
        "duplicate-name",
        `There is already a task called ${task.name}: give the new one another name.`,
      );
    }
    added.set(task.name, task);
  }
  for (const [name, task] of added) TASKS.set(name, task);
}
