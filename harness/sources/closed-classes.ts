import { SimvlmError } from "@simvlm/metrics";
import type { Prediction } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";

/** The only answers that a task scores: True and False, SNLI-VE's labels. VQA takes any answer, whatever its classes. */
export function closedClasses(task: Task, data: TaskData): readonly string[] | undefined {
  return task.answers.includes("generate") ? undefined : data.classes;
}

/** @throws SimvlmError `bad-prediction` for the first that is none of the task's classes */
export function requireClasses(task: Task, data: TaskData, predictions: readonly Prediction[], path: string): void {
  const classes = closedClasses(task, data);
  const wrong = classes && predictions.find(({ prediction }) => !classes.includes(prediction));
  if (!wrong) return;
  throw new SimvlmError(
    "bad-prediction",
    `${path}: the prediction for ${wrong.id} is ${JSON.stringify(wrong.prediction.slice(0, 80))}, but must be one of ${classes.join(", ")}.`,
  );
}
