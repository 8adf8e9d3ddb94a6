import { type BootstrapTest, RESAMPLING_DEFAULTS, type ResamplingOptions, SimvlmError } from "@simvlm/metrics";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import { DataFolder } from "../runs/data-folder.js";
import { taskOfRun } from "../runs/task-of-run.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import { groupScored } from "../tasks/group-examples.js";
import { collectSignatures } from "../tasks/score-predictions.js";
import type { Task, TaskData } from "../tasks/task.js";
import { correctHolm, noteTests } from "../tasks/uncertainty.js";
import type { Price } from "../tasks/usage.js";
import { hasRuns, placeBesidePaper } from "./beside-paper.js";
import type { RunComparison } from "./comparison.js";
import type { Scenes } from "./fact-scores.js";
import { countFailed } from "./failure-notes.js";
import { nameImages } from "./image-names.js";
import { baselineFirst, type LoadedRun, loadRuns } from "./load-runs.js";
import { countSlices, countSteps, type Measured, measureRuns, type ScoredRun } from "./measure.js";
import { findMetrics } from "./metrics-of-runs.js";
import { noteWeights } from "./model-notes.js";
import { collectNotes, requireKnown, requirePaired, requireUnchanged } from "./pairing.js";
import type { PaperSide } from "./paper-table.js";
import { choosePrices, noteCosts, sumPriced } from "./prices.js";
import { resampleBeside } from "./resample-beside.js";
import { findData, findImagesOf, loadShown, scoreRuns } from "./score-runs.js";
import type { PreparedSlices } from "./slices/slice-runs.js";
import type { SliceRequest } from "./slices/slicing.js";
import { warnOfScores } from "./warnings.js";
import { type ExampleSource, findWinsAndLosses } from "./wins.js";

/** How runs are compared. */
export interface CompareOptions extends ResamplingOptions {
  /** Wins and losses shown of each pair, so many each way; default 5. */
  readonly wins?: number;
  /** Where the data lie, if not where the runs say. */
  readonly dataFolder?: string | undefined;
  /** Names or titles of the metrics to score with; default those that the runs were scored with, or the task's. */
  readonly metrics?: readonly string[] | undefined;
  /** The CLIP that CLIPScore is computed with, a folder or an id; default that which the first such run was scored with. */
  readonly clip?: string | undefined;
  /** Correct the p-values for their number; default: each is that of its own test. */
  readonly correct?: "holm" | undefined;
  /** What the runs' answers cost, in place of what was said then: one price for all runs, or one for each. */
  readonly prices?: readonly (Price | undefined)[] | undefined;
  /** Put the paper's tables beside the runs; default true. */
  readonly paper?: boolean;
  /** `false`: METEOR is computed without its paraphrases; default: as each run was scored. */
  readonly paraphrases?: false | undefined;
  /**
   * Which of the runs the others are compared with: its folder, the folder's name or its label; it then stands first.
   * Default: the first.
   */
  readonly baseline?: string | undefined;
  /** By what the examples are sliced, each slice with scores and differences of its own; default nothing. */
  readonly slices?: SliceRequest | undefined;
  /** How bootstrap p-values come from resampled differences; default `percentile`. */
  readonly bootstrapTest?: BootstrapTest;
  /** Called with the number of steps there will be; what it returns is called after each. */
  readonly onStart?: ((steps: number) => () => void) | undefined;
  /** How SPICE's program works. */
  readonly program?: ProgramOptions | undefined;
}

/** What is done where nothing else is asked for. */
export const COMPARE_DEFAULTS = { ...RESAMPLING_DEFAULTS, wins: 5, paper: true } as const;

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
  /** Absent where none were asked for. */
  readonly slices?: PreparedSlices;
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
  // Nor is what makes slices, where nobody asks for them.
  const slicer = options.slices ? await import("./slices/slice-runs.js") : undefined;
  const whole = { task, data, ids: scored[0]?.scored.ids };
  const slices = options.slices && (await slicer!.prepareSlices(options.slices, whole, place));
  const slicings = slices?.slicings ?? [];
  const count = scored[0]?.scored.results.length ?? 0;
  const steps =
    countSteps(runs.length, count + (told[0]?.facts.length ?? 0), groups.length + 1) +
    countSteps(runs.length, count, countSlices(slicings));
  const measuring = { groups, resampling, bootstrapTest, tick: onStart(scored.length > 0 ? steps : 0) };
  // Versions that had the other test showed empty tables, too: what they made is to be made again as it was.
  const isOlder = bootstrapTest === "shifted";
  const isShown = (table: PaperSide) => hasRuns(table) || isOlder;
  const correctAll = <Rows extends Measured>(rows: Rows): Rows =>
    correct ? { ...rows, differences: correctHolm(rows.differences) } : rows;
  await resampleBeside(scored, resampling);
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
  const sliced = slicings.length > 0 ? slicer!.compareSlices(scored, slicings, measuring, correct) : undefined;
  const warnings = [...warnOfScores(scored), ...(slicer?.warnOfSmallSlices(slicings) ?? [])];
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
    ...(task.countsChanges && { changes: (await import("./changes.js")).countChanges(runs, resampling) }),
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
      ...(slicer?.noteSlices(slices!, scored, sliced, metrics, { correct, resamples: resampling.resamples }) ?? []),
    ],
  };
  return { comparison, source, scored, metrics, ...(slices && { slices }), ...(scenes && { scenes }) };
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
