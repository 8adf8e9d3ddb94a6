import type { DataFolder } from "../runs/data-folder.js";
import { findImages, findPlace, requireDataFolder } from "../runs/place.js";
import { completeSettings, type Task, type TaskData } from "../tasks/task.js";
import type { LoadedRun } from "./load-runs.js";

/**
 * Where any of the runs finds the data, the first before the others.
 * @throws SimvlmError `missing-data`
 */
export function findData(runs: readonly LoadedRun[]): string {
  const found = runs.map(({ manifest, folder }) => findPlace(manifest.data, folder)).find((at) => at !== undefined);
  return found ?? requireDataFolder(runs[0]!.manifest.data, runs[0]!.folder);
}

/** Where any of the runs finds pictures that do not lie with the data. */
export function findImagesOf(runs: readonly LoadedRun[]): string | undefined {
  return runs.map(({ manifest, folder }) => findImages(manifest.data, folder)).find((at) => at !== undefined);
}

/** The examples with all there is to be shown of them: pictures, questions, right answers, whatever the runs saw. */
export async function loadShown(task: Task, { manifest }: LoadedRun, folder: DataFolder): Promise<TaskData> {
  const { split, language, prompt } = manifest.settings;
  const answer = task.answers.find((kind) => kind === "generate") ?? "classify";
  return folder.load(task, completeSettings(task, { split, language, prompt, answer }));
}
