import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { type CompareOptions, compareLoaded, type MeasuredRuns } from "../../compare/compare.js";
import { describeExample, MAIN_SCORES, scoresOf } from "../../compare/examples.js";
import { distinguishLabels, type LoadedRun, loadRuns } from "../../compare/load.js";
import { fileInside } from "../../files/inside.js";
import { readText } from "../../files/text.js";
import { findImageRoot } from "../../formats/folder.js";
import { orderPredictions } from "../../runs/finish.js";
import { readLog } from "../../runs/log.js";
import { findPlace, nameIn } from "../../runs/place.js";
import { readProvenance } from "../../runs/provenance.js";
import { readScores } from "../../runs/scores.js";
import { findFactsFile } from "../../tasks/caption.js";
import type { Outcome } from "../../tasks/prediction.js";
import { TASKS } from "../../tasks/tasks.js";
import type { Explained } from "./attention/figures.js";
import type { EmbeddedData, ExampleScores, Report, ReportData, ReportedRun, SingleExample } from "./data.js";
import { type EmbeddedFile, embedFile, hashText } from "./embed.js";
import { nameFolders, renameFiles, withoutPlaces } from "./names.js";
import { collectPictures } from "./pictures.js";

export interface ReportOptions extends Omit<CompareOptions, "wins"> {
  /** Default: the task and the data's name. */
  readonly title?: string | undefined;
  /** Examples shown that differ most, so many each way; default 10. */
  readonly examples?: number;
  /** Examples whose attention maps are shown, where the models are at hand; default 3. */
  readonly explore?: number;
  /** Folders of models, if they are not where the runs say. */
  readonly checkpoints?: readonly string[] | undefined;
}

export const REPORT_DEFAULTS = { examples: 10, explore: 3, checkpoints: [] } as const;

/**
 * What a report of finished runs holds: of several their comparison, of one its scores. Same runs and data, same report.
 * @param folders of one or more runs, the reference first
 * @throws SimvlmError `changed-run` where a run's files do not follow from its predictions, and what `loadRuns` and
 *   `compareLoaded` throw
 */
export async function buildReport(folders: readonly string[], options: ReportOptions = {}): Promise<Report> {
  const { title, examples: wins, explore, checkpoints = [], ...comparing } = { ...REPORT_DEFAULTS, ...options };
  const names = nameFolders(folders);
  const loaded = await loadRuns(folders);
  const labels = distinguishLabels(loaded.map((run, i) => ({ ...run, folder: names[i]! })));
  const runs = loaded.map((run, i) => ({ ...run, label: labels[i]! }));
  const measured = await compareLoaded(runs, { ...comparing, wins });
  const { comparison, dataFolder } = measured;
  const folder = basename(resolve(dataFolder));
  const extremes = runs.length === 1 ? findExtremes(measured, wins) : [];
  const { pictures, remarks } = await collectPictures(listPictures(measured, extremes), dataFolder);
  const examples = scoreExamples(measured);
  const { attention, figures } = await explain(runs, measured, examples, { explore, checkpoints });
  const data: ReportData = {
    format: 1,
    title: title ?? `${comparison.task}: ${labels.join(", ")} on ${folder} (${comparison.data.split})`,
    code: (await readProvenance()).code,
    comparison: {
      ...comparison,
      data: { ...comparison.data, folder },
      runs: comparison.runs.map((run, i) => ({ ...run, folder: names[i]! })),
    },
    shown: wins,
    runs: await Promise.all(runs.map((run, i) => reportRun(run, names[i]!, measured))),
    ...(examples && { examples }),
    data: await embedData(runs, measured),
    extremes,
    pictures,
    attention,
    remarks,
  };
  return { data, figures };
}

async function explain(
  runs: readonly LoadedRun[],
  { dataFolder }: MeasuredRuns,
  examples: ExampleScores | undefined,
  { explore: count, checkpoints }: { readonly explore: number; readonly checkpoints: readonly string[] },
): Promise<Explained> {
  if (count === 0) return { attention: { figures: [], remarks: [] }, figures: new Map() };
  const { drawFigures } = await import("./attention/figures.js"); // the engine is loaded only for this
  return drawFigures(runs, { dataFolder, examples, count, checkpoints });
}

async function reportRun(
  run: LoadedRun,
  name: string,
  { source: { data }, dataFolder }: MeasuredRuns,
): Promise<ReportedRun> {
  const { folder, label, manifest } = run;
  const { outcomes } = await readLog(folder);
  const task = TASKS[manifest.task];
  const results = join(folder, task.resultsName);
  if ((await readText(results)) !== task.formatResults(orderPredictions({ data, outcomes }))) {
    throw new SimvlmError(
      "changed-run",
      `${results} does not follow from the run's predictions: look at it with \`simvlm verify ${folder}\`.`,
    );
  }
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const ordered = data.examples.flatMap(({ id }): Outcome[] => (byId.has(id) ? [byId.get(id)!] : []));
  const scores = await readScores(folder);
  return {
    label,
    name,
    manifest: withoutPlaces(manifest),
    outcomes: renameFiles(ordered, [dataFolder, manifest.data.folder]),
    ...(scores && { scores }),
  };
}

function scoreExamples({ comparison: { task, runs }, scored }: MeasuredRuns): ExampleScores | undefined {
  if (scored.length < runs.length) return undefined;
  const score = MAIN_SCORES[task];
  const values = scored.map(({ scored }) => [...scoresOf(scored, score)]);
  return { score, ids: scored[0]!.scored.ids, values };
}

/** The examples with the highest and the lowest main score, the highest first. */
function findExtremes({ source, scored }: MeasuredRuns, count: number): SingleExample[] {
  const [run] = scored;
  if (!run) return [];
  const values = scoresOf(run.scored, MAIN_SCORES[source.task]);
  const examples = new Map(source.data.examples.map((example) => [example.id, example]));
  const ordered = run.scored.ids
    .map((id, i) => ({ id, value: values[i]! }))
    .sort((a, b) => b.value - a.value)
    .filter((_, place, { length }) => place < count || place >= length - count);
  return ordered.map(({ id, value }) => ({
    ...describeExample(examples.get(id)!, source),
    prediction: run.run.predictions.get(id)!.prediction,
    value,
  }));
}

function listPictures({ comparison }: MeasuredRuns, extremes: readonly SingleExample[]): string[] {
  const shown = comparison.winsAndLosses.flatMap(({ wins, losses }) => [...wins, ...losses]);
  return [...new Set([...shown, ...extremes].flatMap(({ images }) => images))];
}

/** The data files of all runs, as they stand where the manifests say, and what is to be seen in the pictures. */
async function embedData(
  runs: readonly LoadedRun[],
  { source: { data }, dataFolder }: MeasuredRuns,
): Promise<EmbeddedData> {
  const files = new Map<string, EmbeddedFile>();
  for (const path of data.files) {
    const name = nameIn(dataFolder, path);
    files.set(name, embedFile(name, await readFile(path)));
  }
  for (const run of runs) {
    const places = [dataFolder, findPlace(run.manifest.data, run.folder) ?? dataFolder];
    for (const { path, sha256 } of run.manifest.data.files) {
      if (!files.has(path)) files.set(path, await embedUnchanged(places, path, sha256));
    }
  }
  const { task, settings } = runs[0]!.manifest;
  const facts = task === "caption" ? findFactsFile(dataFolder, settings.split) : undefined;
  if (facts !== undefined)
    files.set(nameIn(dataFolder, facts), embedFile(nameIn(dataFolder, facts), await readFile(facts)));
  return {
    folder: basename(resolve(dataFolder)),
    images: nameIn(dataFolder, findImageRoot(dataFolder, settings.split)),
    files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

async function embedUnchanged(folders: readonly string[], path: string, sha256: string): Promise<EmbeddedFile> {
  for (const folder of folders) {
    const bytes = await readFile(fileInside(folder, path, "the manifest")).catch(() => undefined);
    if (bytes && hashText(bytes) === sha256) return embedFile(path, bytes);
  }
  throw new SimvlmError(
    "changed-data",
    `${path} is not in ${folders[0]}, or not what a run was made of: name the folder of its data with --data.`,
  );
}
