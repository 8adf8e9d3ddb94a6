import type { Task, TaskExample, TaskSettings } from "../../tasks/task.js";
import type { TransformersModel } from "./model.js";

/**
 * What a model is told beside a picture: one that takes instructions what chat models are told, unless its captions are
 * asked for with something else; any other the beginning of its text.
 */
export function textFor(
  model: TransformersModel,
  task: Task,
  settings: TaskSettings,
  example: Pick<TaskExample, "prefix" | "statement">,
): string {
  if (model.kind === "image-to-text") return example.prefix ?? "";
  const own = example.prefix === undefined ? model.captionPrompt(settings.language) : undefined;
  return own ?? task.instruct(example, settings);
}
