import { SimvlmError } from "@simvlm/metrics";
import { type Exploration, explore } from "../../attention/explore.js";
import type { LoadedRun } from "../../compare/load-runs.js";
import { PREPROCESSINGS } from "../../images/preparation.js";
import { hashModel, isFamilyKnown, openCheckpoint } from "../../models/family-registry.js";
import { withPreprocessing } from "../../models/preprocessing.js";
import { usualPrompt, type VisionLanguageModel } from "../../models/vision-language-model.js";
import { precisionOf } from "../../models/weight-precision.js";
import type { DataFolder } from "../../runs/data-folder.js";
import { findDifferences } from "../../runs/differences.js";
import { findPlace } from "../../runs/place.js";
import { taskOfRun } from "../../runs/task-of-run.js";
import { examplesById } from "../../tasks/examples-by-id.js";
import { completeSettings, type TaskExample } from "../../tasks/task.js";

/** A run whose model is at hand, with what it was asked. */
export interface ExplorableRun {
  readonly run: LoadedRun;
  readonly model: VisionLanguageModel;
  /** As the run saw them, by id. */
  readonly examples: ReadonlyMap<string, TaskExample>;
}

/**
 * Opens the model of a run, if it is the one that predicted.
 * @param checkpoints further folders to look for it in
 * @returns a sentence that says why not, if the run cannot be explored
 */
export async function openExplorable(
  run: LoadedRun,
  dataFolder: DataFolder,
  checkpoints: readonly string[],
): Promise<ExplorableRun | string> {
  const { manifest, folder, label } = run;
  const { source, sourceAt, settings } = manifest;
  if (source.kind !== "model") return `The predictions of ${label} do not come from one of our own models.`;
  if (settings.answer !== "generate") return `${label} chooses among classes, so there are no words to look at.`;
  const place = sourceAt && findPlace(sourceAt, folder);
  for (const candidate of [...(place === undefined ? [] : [place]), ...checkpoints]) {
    if (!(await isModel(candidate, source.hashes))) continue;
    const task = taskOfRun(manifest);
    const data = await dataFolder.load(task, completeSettings(task, settings));
    // What a reader is told of it is its name, not where it lies.
    const opened = await openCheckpoint(candidate, { weights: precisionOf(source) });
    const shown = withPreprocessing(
      opened,
      PREPROCESSINGS.find((mode) => mode === source.preprocessing),
    );
    const model = { ...shown, source: label };
    return { run, model, examples: examplesById(data) };
  }
  if (place !== undefined && !(await isFamilyKnown(place))) {
    return `The family of models of ${label} (${source.family}) is not known here: a plug-in may define it.`;
  }
  return `The checkpoint of ${label} is gone or has changed: say where it is now.`;
}

/** A folder that is no checkpoint is not the one. */
async function isModel(folder: string, hashes: unknown): Promise<boolean> {
  try {
    return findDifferences(hashes, await hashModel(folder)).length === 0;
  } catch (error) {
    if (error instanceof SimvlmError) return false;
    throw error;
  }
}

/**
 * Where the model of a run looked for each word of its prediction for an example.
 * @throws SimvlmError `no-prediction`, `no-picture`, and what `explore` throws
 */
export async function exploreExample({ run, model, examples }: ExplorableRun, id: string): Promise<Exploration> {
  const caption = run.predictions.get(id)?.prediction;
  const example = examples.get(id);
  const [picture] = example?.images ?? [];
  if (caption === undefined) throw new SimvlmError("no-prediction", `${run.label} has no prediction for ${id}.`);
  if (picture === undefined) throw new SimvlmError("no-picture", `${run.label} was shown no picture of ${id}.`);
  const prompt = example!.prefix ?? usualPrompt(model, run.manifest.settings.language);
  return explore(model, picture, { caption, prompt });
}
