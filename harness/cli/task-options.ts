import { SimvlmError } from "@simvlm/metrics";
import { type Command, Option } from "commander";
import {
  completeSettings,
  LANGUAGES,
  type Language,
  MODALITIES,
  type Modality,
  TASK_SETTING_DEFAULTS,
  type Task,
  type TaskName,
  type TaskOption,
  type TaskSettings,
} from "../tasks/task.js";
import { findTask, listTasks } from "../tasks/task-registry.js";

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

/** The options that say what is asked, of which data. */
export function addTaskOptions(command: Command, split: string): Command {
  return command
    .requiredOption("--task <task>", `what is asked: ${nameTasks(listTasks())}`)
    .requiredOption("--data <folder>", "the folder of the data set: official files, or a Toybox's")
    .option("--split <name>", "which part of the data set", split)
    .addOption(
      new Option("--modality <m>", "what the encoder is shown of an example (default: depends on the task)").choices(
        MODALITIES,
      ),
    )
    .option("--open-ended", "vqa: generate answers instead of choosing them with a classifier", false)
    .addOption(new Option("--language <l>", "caption: language of the captions").choices(LANGUAGES).default("en"))
    .option("--prompt <text>", "caption, complete: text beside the picture in the encoder");
}

/** For help: which of them there are depends on plug-ins, too. */
export function nameTasks(tasks: readonly Task[]): string {
  return `${tasks.map(({ name }) => name).join(", ")}, or a plug-in's`;
}

/** @throws SimvlmError `unknown-task`, `bad-option` */
export function toTaskSettings(options: TaskOptions): { task: Task; settings: TaskSettings } {
  const task = findTask(options.task);
  const { split, modality, language, prompt, openEnded, swapImages } = options;
  requireOptionsOf(task, {
    "open-ended": openEnded,
    language: language !== TASK_SETTING_DEFAULTS.language,
    prompt: prompt !== undefined,
  });
  const answer = openEnded ? ("generate" as const) : undefined;
  return { task, settings: completeSettings(task, { split, modality, answer, language, prompt, swapImages }) };
}

/**
 * Refuses options that mean nothing to the task.
 * @param given which of such options were given
 * @throws SimvlmError `bad-option`
 */
export function requireOptionsOf(task: Task, given: Readonly<Partial<Record<TaskOption, boolean>>>): void {
  const takes = ({ options = [] }: Task, option: TaskOption) => options.includes(option);
  for (const option of Object.keys(given) as TaskOption[]) {
    if (!given[option] || takes(task, option)) continue;
    const others = listTasks().filter((other) => takes(other, option));
    throw new SimvlmError(
      "bad-option",
      `--${option} is only for --task ${others.map(({ name }) => name).join(" and ")}, not ${task.name}: leave it out.`,
    );
  }
}
