import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { type MetricDefinition, RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import { requirePossible } from "../compare/gate/conditions.js";
import { scoresOfMetrics } from "../compare/gate/measurements.js";
import { choiceOfSignatures } from "../metric-data/as-signed.js";
import type { TableChoice } from "../metric-data/supply-tables.js";
import { type FinishedRun, readScores } from "../runs/finish.js";
import type { Manifest } from "../runs/manifest.js";
import { openRun, type Run } from "../runs/open-run.js";
import { chooseMetrics, findNamedMetrics, splitByData } from "../tasks/choose-metrics.js";
import { isFailure } from "../tasks/prediction.js";
import type { ScoreReport } from "../tasks/score-report.js";
import { TASK_SETTING_DEFAULTS, type Task } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { sumUsage } from "../tasks/usage.js";
import { withProgress } from "../terminal/progress.js";
import { formatScoreTables } from "../terminal/score-tables.js";
import { tell } from "../terminal/streams.js";
import { sayUsage } from "../terminal/usage.js";
import { chooseSplit, noteData, noteUnreferenced } from "./data-notes.js";
import { type AllowedFailures, failuresOption, reportFailures } from "./failures.js";
import { asksForIntervals, scoreGateOptions } from "./gate-options.js";
import { requireMetricData, withMetricPrograms } from "./metric-data.js";
import {
  metricsOption,
  type OptionsOf,
  paraphrasesOption,
  parseFolder,
  parsePart,
  parsePositiveInteger,
  parseSeed,
  withOptions,
} from "./options.js";
import { printBeside } from "./output.js";
import { noteUnturned } from "./preprocessing-option.js";
import { judgeRun, openRunGate, outputsOf, type RunGate } from "./run-gate.js";
import { chooseSource, openSource, sourceOptions } from "./run-source.js";
import { type SpiceSettings, spiceOption } from "./spice-option.js";
import { listenToStops, type StopRequests } from "./stop-requests.js";
import { DATA_LAYOUTS, taskOptions, toTaskSettings, usualAnswerOf } from "./task-options.js";

const EXAMPLES = `
Examples:
  $ simvlm run --task caption --data toybox/nocaps --checkpoint checkpoints/toy --out runs/zero-shot --ci
  $ simvlm run --task vqa --data toybox/vqa --predictions answers.json --out runs/theirs
  $ simvlm run --task caption --data toybox/nocaps --endpoint http://localhost:8000/v1 --model llava --out runs/llava

${DATA_LAYOUTS}

The folder --out will hold manifest.json, predictions.jsonl, the results in the official format and scores.json. A run
that was stopped, for whatever reason, continues with the same command; examples that failed are tried again. Exit code
1: more examples failed than --allow-failures says, or a score is below its --min. 75: it was stopped by TERM or USR2, or
another process works on it.`;

/** `simvlm run` */
export function createRunCommand(): CommandUnknownOpts {
  return defineCommand().action(runRun);
}

/** What options of `simvlm run` ask for. */
export type RunOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("run").description(
    "Predict the examples of a data set with a model, and score the predictions.",
  );
  const usual = `${TASK_SETTING_DEFAULTS.split}, or the only one there is`;
  const asked = taskOptions(command, usual).requiredOption("--out <folder>", "the run's folder", parseFolder);
  const scored = withOptions(withOptions(asked, sourceOptions), metricsOption, "the task's");
  return withOptions(withOptions(withOptions(scored, paraphrasesOption), spiceOption), outcomeOptions)
    .option(
      "--skip-missing-pictures",
      "leave out examples whose pictures are not there, or are no pictures, instead of stopping",
      false,
    )
    .option("--skip-missing-references", "leave out examples without references, instead of stopping", false)
    .option("--swap-images", "control: give every example another example's picture", false)
    .option("--limit <n>", "only the first n examples; not comparable with complete runs", parsePositiveInteger)
    .option("--shard <i/n>", "only part i of n, to be merged later", parsePart)
    .addOption(
      new Option("--shard-by <what>", "what all parts have about as much of; words count what is asked and answered")
        .choices(["examples", "words"])
        .default("examples"),
    )
    .option("--seed <n>", "seed for sampling and waiting times", parseSeed, 1)
    .option("--label <text>", "the run's name in tables (default: the folder's)")
    .option("--ci", "bootstrap confidence intervals", false)
    .addHelpText("after", EXAMPLES);
}

/** What the exit code of a command that predicts and scores depends on. */
export function outcomeOptions(command: Command) {
  return withOptions(failuresOption(command), scoreGateOptions);
}

/**
 * What a run is to be made of, before anything is asked.
 * @throws SimvlmError what is wrong with options and data
 */
export async function prepareRun(options: RunOptions) {
  const source = chooseSource(options);
  const { data: dataFolder, images, out } = options;
  const split = await chooseSplit(findTask(options.task), dataFolder, options.split);
  const { task, settings } = toTaskSettings({ ...options, split }, await usualAnswerOf(options));
  const metrics = options.metrics && chooseMetrics(task, options.metrics);
  const gate = await openRunGate("simvlm run", options, [out]);
  requirePossible(options.min ?? [], scoresOfMetrics(metrics ?? task.metrics), "score");
  const data = await task.load(dataFolder, { ...settings, images });
  return { source, task, settings, metrics, gate, data };
}

async function runRun(options: RunOptions): Promise<void> {
  requireMeaning(options);
  const { data: dataFolder, images, out, seed, limit, label } = options;
  const shard = options.shard && { ...options.shard, ...(options.shardBy === "words" && { by: options.shardBy }) };
  const { source, task, settings, metrics, gate, data } = await prepareRun(options);
  noteData(data, settings.split, dataFolder);
  if (!shard) await requireMetricData(metrics ?? task.metrics, { clip: options.clip });
  const stops = listenToStops("what is being predicted");
  let unturned = 0;
  const onUnturned = (pictures: number) => {
    unturned += pictures;
  };
  const { signal } = stops;
  let run: Run | undefined;
  try {
    const opened = await openSource(source, options, { task, data, settings, seed, signal, onUnturned });
    const { skipMissingPictures, skipMissingReferences } = options;
    const request = { ...opened, folder: out, task, settings, data, dataFolder, images, seed, limit, shard, label };
    run = await openRun({ ...request, skipMissingPictures, skipMissingReferences });
    noteUnreferenced(data);
    for (const note of run.notes) tell(`simvlm: note: ${note}`);
    if (run.finished && (await isScoredWith(metrics, options, run.manifest, task))) {
      tell(`simvlm: ${out} is already finished: there is nothing to do`);
      const report = await readScores(out);
      if (report) await printBeside(outputsOf(gate.files), (width) => formatScoreTables(report, width));
      await judgeRun(gate, run.manifest.label, report);
      return;
    }
    const ci = options.ci || asksForIntervals(options.min ?? []);
    const tables = { paraphrases: !options.withoutParaphrases, clip: options.clip };
    await workOn(run, { ...options, ci, metrics, tables, stops, gate });
  } finally {
    noteUnturned(unturned);
    stops.release();
    await run?.close();
  }
}

/** @throws SimvlmError `bad-option` for what means nothing to a shard, or to what is none */
function requireMeaning(options: RunOptions): void {
  const { shard, shardBy, metrics } = options;
  if (!shard && shardBy !== "examples") {
    throw new SimvlmError(
      "bad-option",
      "--shard-by has no meaning without --shard: name the part, such as --shard 1/4.",
    );
  }
  if (shard && metrics) {
    throw new SimvlmError("bad-option", "--metrics has no meaning with --shard: name them when the shards are merged.");
  }
  const judged = (["min", "junit", "summary"] as const).find((name) => options[name] !== undefined);
  if (judged && shard) {
    throw new SimvlmError(
      "bad-option",
      `--${judged} has no meaning with --shard: a shard is scored when all are merged.`,
    );
  }
}

/** Whether a finished run has the scores that are asked for. */
async function isScoredWith(
  metrics: readonly MetricDefinition[] | undefined,
  { withoutParaphrases, clip }: Pick<RunOptions, "withoutParaphrases" | "clip">,
  { metricSignatures = {} }: Manifest,
  task: Task,
): Promise<boolean> {
  const titles = Object.keys(metricSignatures);
  const isAsked = metrics !== undefined || withoutParaphrases;
  const then = choiceOfSignatures(metricSignatures);
  if ("METEOR" in metricSignatures && isAsked && then.paraphrases === withoutParaphrases) return false;
  if (metrics === undefined || titles.length === 0) return true; // there may be nothing to score against
  const now = findNamedMetrics(task, titles).metrics;
  const isSame = metrics.length === titles.length && metrics.every((metric) => now.includes(metric));
  if (!isSame || clip === undefined) return isSame;
  const looking = metrics.filter(({ needs }) => needs?.includes("pictures"));
  return (await splitByData(looking, metricSignatures, [], { clip })).lacking.length === 0;
}

interface Work {
  readonly out: string;
  readonly ci: boolean;
  readonly metrics: readonly MetricDefinition[] | undefined;
  readonly tables: TableChoice;
  readonly spice?: SpiceSettings | undefined;
  readonly allowFailures?: AllowedFailures | undefined;
  readonly gate: RunGate;
  readonly stops: StopRequests;
}

async function workOn(run: Run, { out, ci, metrics, tables, spice, allowFailures, gate, stops }: Work): Promise<void> {
  const isWhole = await withProgress("predicting", (onStart) => run.predict({ onStart, signal: stops.signal }));
  if (!isWhole) {
    tell(`simvlm: stopped. The same command continues ${out}.`);
    process.exitCode = stops.exitCode();
    return;
  }
  const intervals = ci ? RESAMPLING_DEFAULTS : undefined;
  if (!run.manifest.shard) stops.release(); // scores can be computed again; a shard has none, and is soon finished
  const finished = await withMetricPrograms(spice, (program) =>
    withProgress("resampling", (onStart) =>
      run.finish({ onStart, intervals, metrics, tables: { ...tables, program } }),
    ),
  );
  await printFinished(out, finished, { allowFailures, gate });
}

/** The scores of a run, and what is to be known of them. */
export async function printFinished(
  folder: string,
  finished: FinishedRun,
  { allowFailures, gate }: Pick<Work, "allowFailures" | "gate">,
): Promise<void> {
  const { manifest, report, warnings } = finished;
  for (const warning of warnings) tell(`simvlm: warning: ${warning}`);
  const beside = outputsOf(gate.files);
  if (report) await printBeside(beside, (width) => `${formatScoreTables(report, width)}\n`);
  const usage = sumUsage(finished.outcomes);
  const remarks = [...REMARKS.flatMap((remark) => remark(manifest, report) ?? []), ...(usage ? [sayUsage(usage)] : [])];
  await printBeside(beside, () => [sayDone(folder, finished), ...remarks].join("\n"));
  reportFailures(folder, finished, allowFailures);
  await judgeRun(gate, manifest.label, report);
}

function sayDone(folder: string, { outcomes }: FinishedRun): string {
  const predicted = outcomes.filter((outcome) => !isFailure(outcome)).length;
  if (predicted === outcomes.length) return `${folder} is finished.`;
  return `${folder}: ${predicted} of ${outcomes.length} examples have a prediction.`;
}

const REMARKS: readonly ((manifest: Manifest, report: ScoreReport | undefined) => string | undefined)[] = [
  ({ limit }) => (limit === undefined ? undefined : "Made with --limit: not comparable with complete runs."),
  ({ shard, data: { references } }, report) => {
    if (report || (references !== undefined && !shard)) return undefined;
    return shard
      ? "This is a shard: it is scored when all shards are merged."
      : "There is nothing to score the predictions against.";
  },
];
