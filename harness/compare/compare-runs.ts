import { SimvlmError } from "@simvlm/metrics";
import { DataFolder } from "../runs/data-folder.js";
import { taskOfRun } from "../runs/task-of-run.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import { groupScored } from "../tasks/group-examples.js";
import { collectSignatures } from "../tasks/score-predictions.js";
import type { Task, TaskData } from "../tasks/task.js";
import { correctHolm, noteTests } from "../tasks/uncertainty.js";
import type { Price } from "../tasks/usage.js";
import { baselineFirst } from "./baseline.js";
import { hasRuns, placeBesidePaper } from "./beside-paper.js";
import { countChanges } from "./changes.js";
import { COMPARE_DEFAULTS, type CompareOptions } from "./compare-options.js";
import type { RunComparison } from "./comparison.js";
import { findData, findImagesOf, loadShown } from "./data-of-runs.js";
import type { Scenes } from "./fact-scores.js";
import { countFailed } from "./failure-notes.js";
import { nameImages } from "./image-names.js";
import { type LoadedRun, loadRuns } from "./load-runs.js";
import { countSteps, type Measured, measureRuns, type ScoredRun } from "./measure.js";
import { findMetrics } from "./metrics-of-runs.js";
import { collectNotes, requireKnown, requirePaired, requireUnchanged } from "./pairing.js";
import type { PaperSide } from "./paper-table.js";
import { choosePrices, noteCosts, sumPriced } from "./prices.js";
import { scoreRuns } from "./score-runs.js";
import {
  compareSlices,
  noteSlices,
  type PreparedSlices,
  prepareSlices,
  warnOfSmallSlices,
} from "./slices/slice-runs.js";
import { warnOfScores } from "./warnings.js";
import { noteWeights } from "./weight-notes.js";
import { type ExampleSource, findWinsAndLosses } from "./wins.js";

/**
 * Compares finished runs of one task on the same examples: every score with its interval, and of each run the paired
 * difference to the first, or to the baseline.
 * @param folders of two or more runs, the reference first
 * @throws SimvlmError `too-few-runs`, `unknown-baseline`, and what `loadRuns` and {@link compareLoaded} throw
 */
export async function compareRuns(folders: readonly string[], options: CompareOptions = {}): Promise<RunComparison> {
  const loaded = await loadRuns(folders); // one folder may hold several runs, which is said first
  if (loaded.length < 2) {
    throw new SimvlmError("too-few-runs", `A comparison takes two or more run folders, not ${loaded.length}.`);
  }
  const { runs, prices } = baselineFirst(loaded, options);
  const data = new DataFolder(options.dataFolder ?? findData(runs), { images: findImagesOf(runs) });
  return (await compareLoaded(runs, data, { ...options, prices })).comparison;
}

/** A comparison with what it was made of. */
export interface MeasuredRuns {
  readonly comparison: RunComparison;
  readonly source: ExampleSource;
  /** None where there is nothing to score against. */
  readonly scored: readonly ScoredRun[];
  /** What the runs were scored by, in the order of each run's results. */
  readonly metrics: Task["metrics"];
  /** What is to be seen in the pictures, on Toybox data. */
  readonly scenes?: Scenes;
  readonly slices: PreparedSlices;
}

/**
 * {@link compareRuns} of runs that have been read; of one run alone its scores, with nothing beside them.
 * @throws SimvlmError `unknown-task`, `unknown-metric`, `missing-metric`, `other-task`, `other-data`, `other-prompt`, `not-aligned` with the ids,
 *   `changed-data`, `nothing-to-score`, `changed-run`, `nothing-to-price`, and what `prepareSlices` and reading the data throw
 */
export async function compareLoaded(
  runs: readonly LoadedRun[],
  dataFolder: DataFolder,
  options: Omit<CompareOptions, "dataFolder" | "baseline"> = {},
): Promise<MeasuredRuns> {
  const { wins, metrics: names, onStart = () => () => {}, ...how } = { ...COMPARE_DEFAULTS, ...options };
  const { correct, paraphrases, bootstrapTest = "percentile" } = how;
  // What else a caller's options hold, such as paths, is no part of a comparison.
  const resampling = { resamples: how.resamples, seed: how.seed, confidence: how.confidence };
  const [first] = runs as [LoadedRun];
  const task = taskOfRun(first.manifest);
  requirePaired(runs, task);
  const prices = choosePrices(runs, options.prices);
  const { metrics, unknown } = names ? { metrics: chooseMetrics(task, names), unknown: [] } : findMetrics(task, runs);
  await requireUnchanged(first, dataFolder);
  const data = await loadShown(task, first, dataFolder);
  for (const run of runs) requireKnown(run, data);
  const scored = await scoreRuns({
    task,
    data,
    runs,
    metrics,
    paraphrases,
    clip: options.clip,
    program: options.program,
  });
  const ids = scored[0]?.scored.ids ?? [];
  const groups = groupScored(task, data, ids);
  // What reads captions of Toybox is loaded only for these.
  const facts = data.facts === undefined || !scored[0] ? undefined : await import("./fact-scores.js");
  const scenes = facts && (await (await import("./read-scenes.js")).readScenes(data.facts!, ids));
  const told = facts && scenes ? facts.tellFacts(scored, scenes) : [];
  const { split } = first.manifest.settings;
  const place = { folder: dataFolder.path, split };
  const slices = await prepareSlices(options.slices, { task, data, ids: scored[0]?.scored.ids }, place);
  const sliceCount = slices.slicings.reduce((sum, { slices }) => sum + slices.length, 0);
  const count = scored[0]?.scored.results.length ?? 0;
  const steps =
    countSteps(runs.length, count + (told[0]?.facts.length ?? 0), groups.length + 1) +
    countSteps(runs.length, count, sliceCount);
  const measuring = { groups, resampling, bootstrapTest, tick: onStart(scored.length > 0 ? steps : 0) };
  // Versions that had the other test showed empty tables, too: what they made is to be made again as it was.
  const isOlder = bootstrapTest === "shifted";
  const isShown = (table: PaperSide) => hasRuns(table) || isOlder;
  const correctAll = <Rows extends Measured>(rows: Rows): Rows =>
    correct ? { ...rows, differences: correctHolm(rows.differences) } : rows;
  const measured = correctAll<Measured>(
    scored.length > 0 ? measureRuns(scored, measuring) : { scores: [], differences: [] },
  );
  const source: ExampleSource = {
    task,
    data,
    groups,
    nameImage: nameImages(dataFolder, split, data).nameOf,
  };
  const compared = runs.map((run, i) => describeRun(run, prices[i]));
  const sliced = slices.slicings.length > 0 ? compareSlices(scored, slices.slicings, measuring, correct) : undefined;
  const warnings = [...warnOfScores(scored), ...warnOfSmallSlices(slices.slicings)];
  const comparison: RunComparison = {
    format: 1,
    task: task.name,
    data: describeData(first, dataFolder.path, data),
    runs: compared,
    resampling,
    ...(bootstrapTest === "percentile" && { bootstrapTest }),
    ...(correct && { correction: correct }),
    ...measured,
    ...(facts && told.length > 0 && { facts: correctAll(facts.measureFacts(told, measuring)) }),
    ...(sliced && { slices: sliced }),
    ...(task.countsChanges && { changes: countChanges(runs, resampling) }),
    winsAndLosses: scored.slice(1).flatMap((run) => findWinsAndLosses(run, scored[0]!, source, wins) ?? []),
    paper: how.paper
      ? placeBesidePaper({ task: task.name, split, runs: compared, scores: measured.scores }, isOlder).filter(isShown)
      : [],
    signatures: scored[0] ? collectSignatures(scored[0].scored.results, scored[0].scored) : {},
    ...(paraphrases === false && { paraphrases }),
    ...(warnings.length > 0 && { warnings }),
    notes: [
      ...unknown.map((title) => `Not scored with ${title}, which is not among the metrics here.`),
      ...collectNotes(scored, runs, data),
      ...noteWeights(runs),
      ...noteCosts(runs, prices),
      ...noteTests(measured.differences, resampling, correct, bootstrapTest),
      ...noteSlices(slices, scored, sliced, metrics, { correct, resamples: resampling.resamples }),
    ],
  };
  return { comparison, source, scored, metrics, slices, ...(scenes && { scenes }) };
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

function describeRun(
  { label, folder, outcomes, manifest: { source, settings, created } }: LoadedRun,
  price: Price | undefined,
) {
  const used = sumPriced(outcomes, price);
  return { label, folder, source, settings, created, ...countFailed(outcomes), ...used };
}
