import { type Command, Option } from "commander";
import {
  LANGUAGES,
  type Language,
  MODALITIES,
  type Modality,
  TASK_NAMES,
  type Task,
  type TaskName,
  type TaskSettings,
} from "../tasks/task.js";
import { completeSettings, TASKS } from "../tasks/tasks.js";

/** What is asked of the model, of which data. */
export interface TaskOptions {
  readonly task: TaskName;
  readonly data: string;
  readonly split: string;
  readonly modality?: Modality;
  readonly openEnded: boolean;
  readonly language: Language;
  readonly prompt?: string;
  readonly swapImages?: boolean;
}

export function addTaskOptions(command: Command, split: string): Command {
  return command
    .addOption(new Option("--task <task>", "what is asked").choices(TASK_NAMES).makeOptionMandatory())
    .requiredOption("--data <folder>", "the data set's folder, official files or a Toybox's")
    .option("--split <name>", "which part of it", split)
    .addOption(
      new Option("--modality <m>", "what the encoder is shown of an example (default: the task's)").choices(MODALITIES),
    )
    .option("--open-ended", "vqa: answers are generated, not chosen by a classifier", false)
    .addOption(new Option("--language <l>", "caption: of the captions").choices(LANGUAGES).default("en"))
    .option("--prompt <text>", "caption, complete: text beside the picture in the encoder");
}

/** @throws SimvlmError `bad-option` */
export function toTaskSettings(options: TaskOptions): { task: Task; settings: TaskSettings } {
  const task = TASKS[options.task];
  const { split, modality, language, prompt, openEnded, swapImages } = options;
  const answer = openEnded ? ("generate" as const) : undefined;
  return { task, settings: completeSettings(task, { split, modality, answer, language, prompt, swapImages }) };
}
