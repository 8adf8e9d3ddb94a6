import { type Command, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import {
  type AnswerKind,
  completeSettings,
  generatedIfPossible,
  LANGUAGES,
  MODALITIES,
  TASK_SETTING_DEFAULTS,
  type Task,
  type TaskSettings,
} from "../tasks/task.js";
import { TASK_OPTIONS, type TaskOption } from "../tasks/task-option.js";
import { findTask, listTasks } from "../tasks/task-registry.js";
import { tell } from "../terminal/streams.js";
import type { OptionsOf } from "./options.js";

/** How folders of data sets look, for help. */
export const DATA_LAYOUTS = `Data sets are read as they unpack, such as
  COCO:    annotations/captions_val2014.json   val2014/COCO_val2014_000000000042.jpg
  NoCaps:  nocaps_val_4500_captions.json       val/0013ea2087020901.jpg
  VQA v2:  v2_OpenEnded_mscoco_val2014_questions.json, v2_mscoco_val2014_annotations.json   val2014/
  VizWiz:  Annotations/val.json                val/VizWiz_val_00000000.jpg
  hub:     data/test-00000-of-00004.parquet    (pictures inside)
with Karpathy's dataset_coco.json and LAVIS's coco_karpathy_test.json in the same places. What was recognised is said.`;

/** What is asked of the model, of which data. */
export type TaskCommandOptions = OptionsOf<typeof taskOptions>;

/**
 * The options that say what is asked, of which data.
 * @param usualSplit which part of the data is taken where none is named, for help
 */
export function taskOptions(command: Command, usualSplit: string) {
  return command
    .requiredOption("--task <task>", `what is asked: ${nameTasks(listTasks())}`)
    .requiredOption("--data <folder>", "the folder of the data set: official files as unpacked, or a Toybox's")
    .option("--images <folder>", "where its pictures lie, if they are not found in the data set's folder")
    .option("--split <name>", `which part of the data set (default: ${usualSplit})`)
    .addOption(
      new Option("--modality <m>", "what the encoder is shown of an example (default: depends on the task)").choices(
        MODALITIES,
      ),
    )
    .option(
      "--open-ended",
      "vqa: generate answers instead of choosing them with a classifier; models without one always do",
      false,
    )
    .addOption(new Option("--language <l>", "caption: language of the captions").choices(LANGUAGES).default("en"))
    .option("--prompt <text>", "caption, complete: text beside the picture in the encoder");
}

/** For help: which of them there are depends on plug-ins, too. */
export function nameTasks(tasks: readonly Task[]): string {
  return `${tasks.map(({ name }) => name).join(", ")}, or a plug-in's`;
}

/**
 * @param usualAnswer how the task is answered where nobody says; default as the task has it
 * @throws SimvlmError `unknown-task`, `bad-option`
 */
export function toTaskSettings(
  options: Omit<TaskCommandOptions, "split"> & { readonly split: string; readonly swapImages?: boolean },
  usualAnswer?: AnswerKind,
): { task: Task; settings: TaskSettings } {
  const task = findTask(options.task);
  const { split, modality, language, prompt, openEnded, swapImages } = options;
  requireOptionsOf(task, {
    "open-ended": openEnded,
    language: language !== TASK_SETTING_DEFAULTS.language,
    prompt: prompt !== undefined,
  });
  const answer = openEnded ? ("generate" as const) : usualAnswer;
  return { task, settings: completeSettings(task, { split, modality, answer, language, prompt, swapImages }) };
}

/** What a checkpoint's family cannot choose with a classifier it generates, and so does what another library runs. */
export async function usualAnswerOf({
  task,
  checkpoint,
  transformers,
  openEnded,
}: Pick<TaskCommandOptions, "task" | "openEnded"> & {
  readonly checkpoint?: string | undefined;
  readonly transformers?: string | undefined;
}): Promise<AnswerKind | undefined> {
  if (openEnded || findTask(task).answers[0] === "generate") return undefined;
  if (transformers !== undefined) return generatedIfPossible(findTask(task));
  if (checkpoint === undefined) return undefined;
  const { usualAnswer } = await import("../sources/usual-answer.js"); // a predictions file does not wait for the models
  const answer = await usualAnswer(findTask(task), checkpoint);
  if (answer) tell("simvlm: note: the model has no classification head: its answers are generated");
  return answer;
}

/**
 * Refuses options that mean nothing to the task.
 * @param given which of such options were given
 * @throws SimvlmError `bad-option`
 */
export function requireOptionsOf(task: Task, given: Readonly<Partial<Record<TaskOption, boolean>>>): void {
  const takes = ({ options = [] }: Task, option: TaskOption) => options.includes(option);
  for (const option of TASK_OPTIONS) {
    if (!given[option] || takes(task, option)) continue;
    const others = listTasks().filter((other) => takes(other, option));
    throw new SimvlmError(
      "bad-option",
      `--${option} is only for --task ${others.map(({ name }) => name).join(" and ")}, not ${task.name}: leave it out.`,
    );
  }
}
