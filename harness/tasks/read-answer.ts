import { SimvlmError } from "@simvlm/metrics";
import type { Prediction } from "./prediction.js";
import type { Reading, Task, TaskData } from "./task.js";

/** The only answers that a task scores: True and False, SNLI-VE's labels. VQA takes any answer, whatever its classes. */
function closedClasses({ answers }: Task, { classes }: TaskData): readonly string[] | undefined {
  return answers.includes("generate") ? undefined : classes;
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

/** What somebody's free words amount to: as the task reads them, else the one class they name, else as they stand. */
export function readAnswer(task: Task, data: TaskData, words: string): Reading {
  if (task.readAnswer) return task.readAnswer(words, data);
  const classes = closedClasses(task, data);
  return classes ? findClass(words, classes) : { prediction: words };
}

const MOST_QUOTED = 120;

function findClass(text: string, classes: readonly string[]): Reading {
  const words = new Set(text.toLowerCase().match(/[a-z]+/g));
  const named = classes.filter((name) => words.has(name.toLowerCase()));
  if (named.length === 1) return { prediction: named[0]! };
  const quoted = JSON.stringify(text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text);
  return { error: `the answer names ${named.length === 0 ? "none" : "several"} of ${classes.join(", ")}: ${quoted}` };
}

/** 1 for the right class, 0 for the others. */
export function oneHot(chosen: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, index) => (index === chosen ? 1 : 0));
}
