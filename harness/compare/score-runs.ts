import { SimvlmError } from "@simvlm/metrics";
import { choiceOfSignatures } from "../metric-data/as-signed.js";
import type { DataFolder } from "../runs/data-folder.js";
import { findImages, findPlace, requireDataFolder } from "../runs/place.js";
import { type ScoreRequest, scoreTogether } from "../tasks/score-predictions.js";
import { completeSettings, type Task, type TaskData } from "../tasks/task.js";
import type { CompareOptions } from "./compare-runs.js";
import type { LoadedRun } from "./load-runs.js";
import type { ScoredRun } from "./measure.js";

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

/** What runs are scored by. */
export interface RunScoring extends Pick<CompareOptions, "paraphrases" | "clip" | "program"> {
  readonly task: Task;
  readonly data: TaskData;
  readonly runs: readonly LoadedRun[];
  readonly metrics: Task["metrics"];
}

/** None where there is something to compare beside scores, and of one run whose data have no references. */
export async function scoreRuns({
  task,
  data,
  runs,
  metrics,
  paraphrases,
  clip,
  program,
}: RunScoring): Promise<ScoredRun[]> {
  // One CLIP for all: of different ones, scores could not be compared.
  const clips = runs.map(({ manifest }) => choiceOfSignatures(manifest.metricSignatures).clipName);
  const clipName = clips.find((name) => name !== undefined);
  const requests = runs.map((run): ScoreRequest => {
    const predictions = [...run.predictions.values()];
    const then = choiceOfSignatures(run.manifest.metricSignatures);
    const tables = { clip, clipName, program, paraphrases: paraphrases ?? then.paraphrases };
    return { task, data, predictions, metrics, groups: "none", tables };
  });
  const scored = (await scoreTogether(requests)).flatMap((own, i) => (own ? [{ run: runs[i]!, scored: own }] : []));
  if (scored.length === runs.length || runs.length === 1 || task.countsChanges) return scored;
  throw new SimvlmError(
    "nothing-to-score",
    `The data of ${runs[0]!.folder} have no references, so there is nothing to compare by.`,
  );
}
