import { readdir } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import { hasReference } from "../formats/captions.js";
import { listIds } from "../formats/ids.js";
import type { LoadSettings, Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import type { FinetuningData } from "./finetuning.js";

/**
 * Loads the data that a task is fine-tuned on: those examples of the split, or of several separated by commas, that
 * have an answer that is not blank; and the validation split, if there is one.
 * @param limit how many examples at most, from the first on
 * @throws SimvlmError what `Task.load` throws, `no-picture` where only pictures are shown and some examples name none
 */
export async function loadFinetuningData(
  task: Task,
  folder: string,
  { images, ...settings }: LoadSettings,
  limit?: number,
): Promise<FinetuningData> {
  const { train, unanswered } = await loadSplits(task, folder, { ...settings, images }, limit);
  const validation = await task.load(folder, { ...settings, images, split: "val" }).catch(async (error: unknown) => {
    if (error instanceof SimvlmError && error.code === "missing-file" && !(await hasValidation(folder)))
      return undefined;
    throw error;
  });
  const description = { folder, split: settings.split, examples: train.examples.length };
  return { task, settings, train, validation, description, unanswered };
}

/** Whether there is anything of a validation split: then all of it must be there. */
async function hasValidation(folder: string): Promise<boolean> {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return names.some((entry) => !entry.isDirectory() && /(?:^|[^a-z])val(?:$|[^a-z])/i.test(entry.name));
}

async function loadSplits(
  task: Task,
  folder: string,
  settings: LoadSettings,
  limit: number | undefined,
): Promise<{ train: TaskData; unanswered: readonly string[] }> {
  const parts: TaskData[] = [];
  for (const split of settings.split.split(",")) parts.push(await task.load(folder, { ...settings, split }));
  const answered = parts.flatMap(({ examples }) =>
    examples.filter(({ targets, classScores }) => targets.length > 0 || classScores !== undefined),
  );
  const isBlank = ({ targets, classScores }: TaskExample) => classScores === undefined && !hasReference(targets);
  const unanswered = [
    ...parts.flatMap(({ unreferenced = [] }) => unreferenced),
    ...answered.filter(isBlank).map(({ id }) => id),
  ];
  const examples = answered
    .filter((example) => !isBlank(example))
    .map((example) => ({ ...example, targets: example.targets.filter((target) => hasReference([target])) }))
    .slice(0, limit);
  requirePictures(examples, folder, settings);
  return {
    train: {
      examples,
      files: parts.flatMap(({ files }) => files),
      classes: parts[0]!.classes,
    },
    unanswered,
  };
}

/** How many examples are named. */
const NAMED = 10;

/**
 * Where pictures are all that is shown, without one the model would learn to answer blindly. Beside a text there may be
 * none: text-only translations are learnt from, too. A picture that cannot be read is a fault, which is counted.
 */
function requirePictures(examples: readonly TaskExample[], folder: string, { modality }: TaskSettings): void {
  const blind = modality === "image" ? examples.filter(({ images }) => images.length === 0) : [];
  if (blind.length === 0) return;
  const ids = blind.map(({ id }) => id);
  throw new SimvlmError(
    "no-picture",
    `Of ${examples.length} examples in ${folder}, ${blind.length} name no picture: ${listIds(ids, NAMED)}. ` +
      "Name them in the data, or train without pictures.",
  );
}
