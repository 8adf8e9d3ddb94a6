import { SimvlmError } from "@simvlm/metrics";
import { captionTask } from "./caption.js";
import { completeTask } from "./complete.js";
import { nlvr2Task } from "./nlvr2.js";
import { snliVeTask } from "./snli-ve.js";
import {
  type AnswerKind,
  type Modality,
  TASK_SETTING_DEFAULTS,
  type Task,
  type TaskName,
  type TaskSettings,
} from "./task.js";
import { translateTask } from "./translate.js";
import { vqaTask } from "./vqa.js";

/** Settings of which any may be missing. */
export type GivenSettings = { readonly [Key in keyof TaskSettings]?: TaskSettings[Key] | undefined };

export const TASKS: Readonly<Record<TaskName, Task>> = {
  caption: captionTask,
  vqa: vqaTask,
  nlvr2: nlvr2Task,
  "snli-ve": snliVeTask,
  translate: translateTask,
  complete: completeTask,
};

/**
 * Settings with what was not given filled in.
 * @throws SimvlmError `bad-option` for a modality or a kind of answer that the task does not know
 */
export function completeSettings(task: Task, given: GivenSettings = {}): TaskSettings {
  const modality = given.modality ?? task.modalities[0]!;
  const answer = given.answer ?? task.answers[0]!;
  require<Modality>(task, "modality", modality, task.modalities);
  require<AnswerKind>(task, "answer", answer, task.answers);
  return { ...TASK_SETTING_DEFAULTS, ...defined(given), modality, answer };
}

function require<T extends string>(task: Task, what: string, value: T, known: readonly T[]): void {
  if (known.includes(value)) return;
  throw new SimvlmError(
    "bad-option",
    `The task ${task.name} has no ${what} "${value}": it is one of ${known.join(", ")}.`,
  );
}

function defined(given: GivenSettings): Partial<TaskSettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
