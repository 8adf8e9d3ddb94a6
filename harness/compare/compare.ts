import { join } from "node:path";
import { RESAMPLING_DEFAULTS, type ResamplingOptions, SimvlmError } from "@simvlm/metrics";
import { findPlace, nameIn, requireDataFolder } from "../runs/place.js";
import { scoreRun } from "../runs/score.js";
import { collectSignatures } from "../scoring/scored.js";
import { findFactsFile } from "../tasks/caption.js";
import type { Task, TaskData } from "../tasks/task.js";
import { completeSettings, TASKS } from "../tasks/tasks.js";
import { countChanges } from "./changes.js";
import type { RunComparison } from "./comparison.js";
import { type ExampleSource, findWinsAndLosses } from "./examples.js";
import { measureFacts, readScenes, tellFacts } from "./facts.js";
import { groupExamples } from "./groups.js";
import { type LoadedRun, loadRuns } from "./load.js";
import { countSteps, type Measured, measureRuns, type ScoredRun } from "./measure.js";
import { collectNotes } from "./notes.js";
import { requirePaired, requireUnchanged } from "./pairing.js";
import { placeBesidePaper } from "./paper/beside.js";

export interface CompareOptions extends ResamplingOptions {
  /** Wins and losses shown of each pair, so many each way; default 5. */
  readonly wins?: number;
  /** Where the data lie, if not where the runs say. */
  readonly dataFolder?: string | undefined;
  /** Called with the number of steps there will be; what it returns is called after each. */
  readonly onStart?: ((steps: number) => () => void) | undefined;
}

export const COMPARE_DEFAULTS = { ...RESAMPLING_DEFAULTS, wins: 5 } as const;

/**
 * Compares finished runs of one task on the same examples: every score with its interval, and of each run the paired
 * difference to the first.
 * @param folders of two or more runs, the reference first
 * @throws SimvlmError `too-few-runs`, and what `loadRuns` and {@link compareLoaded} throw
 */
export async function compareRuns(folders: readonly string[], options: CompareOptions = {}): Promise<RunComparison> {
  if (folders.length < 2) {
    throw new SimvlmError("too-few-runs", `${folders.length} run is nothing to compare: name two or more run folders.`);
  }
  const { comparison } = await compareLoaded(await loadRuns(folders), options);
  return comparison;
}

/** A comparison with what it was made of. */
export interface MeasuredRuns {
  readonly comparison: RunComparison;
  /** Where the data were found. */
  readonly dataFolder: string;
  readonly source: ExampleSource;
  /** None where there is nothing to score against. */
  readonly scored: readonly ScoredRun[];
}

/**
 * {@link compareRuns} of runs that have been read; of one run alone its scores, with nothing beside them.
 * @throws SimvlmError `other-task`, `other-data`, `other-prompt`, `not-aligned` with the ids, `changed-data`,
 *   `missing-data`, `nothing-to-score`, `changed-run`, and what reading the data throws
 */
export async function compareLoaded(runs: readonly LoadedRun[], options: CompareOptions = {}): Promise<MeasuredRuns> {
  const { wins, dataFolder, onStart = () => () => {}, ...resampling } = { ...COMPARE_DEFAULTS, ...options };
  requirePaired(runs);
  const [first] = runs as [LoadedRun];
  const dataAt = dataFolder ?? findData(runs);
  await requireUnchanged(first, dataAt);
  const task = TASKS[first.manifest.task];
  const data = await loadShown(task, first, dataAt);
  const scored = await scoreRuns(task, data, runs);
  const ids = scored[0]?.scored.ids ?? [];
  const groups = await groupExamples(task.name, data, ids);
  const told = await tellScenes(task, scored, dataAt);
  const metrics = (scored[0]?.scored.results.length ?? 0) + (told[0]?.facts.length ?? 0);
  const measuring = {
    groups,
    resampling,
    tick: onStart(scored.length > 0 ? countSteps(runs.length, metrics, groups.length) : 0),
  };
  const measured: Measured = scored.length > 0 ? measureRuns(scored, measuring) : { scores: [], differences: [] };
  const source: ExampleSource = { task: task.name, data, groups, nameImage: (path: string) => nameIn(dataAt, path) };
  const compared = runs.map(describeRun);
  const comparison: RunComparison = {
    format: 1,
    task: task.name,
    data: describeData(first, dataAt, data),
    runs: compared,
    resampling,
    ...measured,
    ...(told.length > 0 && { facts: measureFacts(told, measuring) }),
    ...(task.name === "complete" && { changes: countChanges(runs, resampling) }),
    winsAndLosses: scored.slice(1).map((run) => findWinsAndLosses(run, scored[0]!, source, wins)),
    paper: placeBesidePaper(task.name, compared, measured.scores),
    signatures: scored[0] ? collectSignatures(scored[0].scored.results, scored[0].scored.missing.length) : {},
    notes: collectNotes(scored, runs, data),
  };
  return { comparison, dataFolder: dataAt, source, scored };
}

/** Where any of the runs finds the data, the first before the others. */
function findData(runs: readonly LoadedRun[]): string {
  const found = runs.map(({ manifest, folder }) => findPlace(manifest.data, folder)).find((at) => at !== undefined);
  return found ?? requireDataFolder(runs[0]!.manifest.data, runs[0]!.folder);
}

/** The examples with all there is to be shown of them: pictures, questions, right answers, whatever the runs saw. */
async function loadShown(task: Task, { manifest }: LoadedRun, folder: string): Promise<TaskData> {
  const { split, language, prompt } = manifest.settings;
  const answer = task.answers.find((kind) => kind === "generate") ?? "classify";
  return task.load(folder, completeSettings(task, { split, language, prompt, answer }));
}

/** None where completions have no rest to be scored against, and of one run whose data have no references. */
async function scoreRuns(task: Task, data: TaskData, runs: readonly LoadedRun[]): Promise<ScoredRun[]> {
  const scored: ScoredRun[] = [];
  for (const run of runs) {
    const predictions = data.examples.flatMap(({ id }) => run.predictions.get(id) ?? []);
    const results = join(run.folder, task.resultsName);
    const own = await scoreRun({ task, data, predictions, results });
    if (own === undefined) continue;
    const unknown = own.ids.filter((id) => !run.predictions.has(id));
    if (unknown.length > 0) {
      throw new SimvlmError(
        "changed-run",
        `${results} has ${unknown.length} predictions that the run has not made: look at it with \`simvlm verify\`.`,
      );
    }
    scored.push({ run, scored: own });
  }
  if (scored.length === runs.length || runs.length === 1 || task.name === "complete") return scored;
  throw new SimvlmError(
    "nothing-to-score",
    `The data of ${runs[0]!.folder} have no references: there is nothing to compare by.`,
  );
}

/** Nothing for other tasks and for data whose scenes are not known. */
async function tellScenes(task: Task, scored: readonly ScoredRun[], dataFolder: string) {
  const [first] = scored;
  const path =
    task.name === "caption" && first ? findFactsFile(dataFolder, first.run.manifest.settings.split) : undefined;
  return path === undefined ? [] : tellFacts(scored, await readScenes(path, first!.scored.ids));
}

function describeData({ manifest, predictions }: LoadedRun, folder: string, data: TaskData): RunComparison["data"] {
  const { split, files } = manifest.data;
  return {
    folder,
    split,
    files,
    examples: predictions.size,
    missing: data.examples.length - predictions.size,
  };
}

function describeRun({ label, folder, manifest: { source, settings, created } }: LoadedRun) {
  return { label, folder, source, settings, created };
}
