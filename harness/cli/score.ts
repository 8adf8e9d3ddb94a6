import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { requirePossible } from "../compare/gate/conditions.js";
import { judge } from "../compare/gate/judge.js";
import { differencesOfReport, scoresOfMetrics, scoresOfReport } from "../compare/gate/measurements.js";
import { RESULTS_FORMATS } from "../formats/results/results-formats.js";
import { requireSealedLog } from "../runs/seal-run.js";
import { alignToExamples, readPredictions } from "../sources/predictions-file.js";
import { chooseMetrics, listAll } from "../tasks/choose-metrics.js";
import { DF_MODES } from "../tasks/metric-input.js";
import { type Scored, type ScoreRequest, scorePredictions } from "../tasks/score-predictions.js";
import { formatPerExample, reportScores, type ScoreReport } from "../tasks/score-report.js";
import { type ReferenceSet, TASK_SETTING_DEFAULTS, type Task } from "../tasks/task.js";
import { findTask, listTasks } from "../tasks/task-registry.js";
import { escapeUnseen, formatJson } from "../terminal/json.js";
import { scoreBlocks } from "../terminal/score-tables.js";
import { tell } from "../terminal/streams.js";
import { verdictTable } from "../terminal/verdict-table.js";
import {
  asksForIntervals,
  failIfOption,
  findGateFiles,
  type GateFiles,
  reportVerdicts,
  scoreGateOptions,
  writeGateFiles,
} from "./gate-options.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { requireMetricData, withMetricPrograms } from "./metric-data.js";
import {
  correctionOption,
  metricsOption,
  type OptionsOf,
  paraphrasesOption,
  resamplingOptions,
  withOptions,
} from "./options.js";
import { checkOutputs, printBeside, writeOutputs } from "./output.js";
import { resultsOptions, toResultsOptions } from "./results-options.js";
import { readScoreReferences, requireUse } from "./score-references.js";
import { spiceOption } from "./spice-option.js";
import { nameTasks, requireOptionsOf } from "./task-options.js";

const EXAMPLES = `
Examples:
  $ simvlm score --task caption --references nocaps_val.json --predictions results.json --by-domain --ci
  $ simvlm score --task vqa --references annotations.json --predictions answers.json --json scores.json
  $ simvlm score --task translate --references test.de --predictions system-a.de --against system-b.de
  $ simvlm score --task caption --references captions.json --predictions results.json --min CIDEr=0.9 --junit gate.xml

Predictions are recognised by their content:
  ${RESULTS_FORMATS.map(({ name }) => name).join(", ")}.
Files may be compressed (.gz). Exit code 1: a score is below its --min, or a condition of --fail-if holds, as \`simvlm
compare --help\` explains it. Exit code 2: something is wrong with the input, and nothing was written.`;

/** `simvlm score` */
export function createScoreCommand(): CommandUnknownOpts {
  return defineCommand().action(runScore);
}

type ScoreOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const tasks = listTasks().filter(({ readReferences }) => readReferences);
  const command = new Command("score")
    .description("Score predictions against official annotations, with the numbers the reference programs give.")
    .requiredOption("--task <task>", `what was predicted: ${nameTasks(tasks)}`)
    .requiredOption("--references <file>", "the official annotations (vqa: annotations; translate: plain text)")
    .requiredOption(
      "--predictions <file>",
      "the system's output, in the official results format or one recognised by content",
    )
    .option("--questions <file>", "vqa: the questions file, to check that it belongs to the annotations")
    .option("--instances <file>", "chair: COCO's instances, which say what the pictures show")
    .option(
      "--synonyms <file>",
      "chair: what objects are called, a line each, the object first (default: our own list)",
    )
    .option(
      "--images <folder>",
      "clipscore, refclipscore: where the pictures lie, if not in the folder of the references",
    )
    .option("--split <name>", `which split, of references that hold several (default: ${TASK_SETTING_DEFAULTS.split})`);
  const read = withOptions(command, resultsOptions);
  const chosen = withOptions(read, metricsOption, "the task's; all: every one that can be computed");
  const measured = withOptions(withOptions(chosen, paraphrasesOption), spiceOption)
    .option(
      "--by-domain",
      "also by domain (caption: in, near and out), or by type of question (pope, docvqa, chartqa, multiple-choice)",
      false,
    )
    .addOption(
      new Option("--df <mode>", "caption: count CIDEr's document frequencies over all images, or within each domain")
        .choices(DF_MODES)
        .default("shared"),
    )
    .option("--allow-missing", "score only the examples that have a prediction and references, and say so", false)
    .option("--skip-missing-references", "score only the examples that have references, and say so", false)
    .option(
      "--skip-missing-pictures",
      "clipscore, refclipscore: score only the examples whose pictures are there, and say so",
      false,
    )
    .option("--ci", "bootstrap confidence intervals", false)
    .option("--against <file>", "another system's predictions: paired differences with p-values");
  const tested = withOptions(withOptions(measured, resamplingOptions), correctionOption);
  const gated = withOptions(withOptions(tested, scoreGateOptions), failIfOption);
  return withOptions(gated, layoutOptions)
    .option("--json <file>", "write scores, signatures, intervals as JSON; - for standard output")
    .option("--per-example <file>", "write one JSON line per example: its id and scores; - too")
    .option("--explain", "with --per-example: also why, of each metric that says it", false)
    .addHelpText("after", EXAMPLES);
}

async function runScore(options: ScoreOptions): Promise<void> {
  const { references, predictions, against, min = [], failIf = [] } = options;
  const task = findTask(options.task);
  const gate = findGateFiles(options, [...min, ...failIf], "--min or --fail-if");
  await checkOptions(options, task, gate);
  const every = isAll(options.metrics);
  const metrics = every ? listAll(task) : options.metrics ? chooseMetrics(task, options.metrics) : task.metrics;
  requirePossible(min, scoresOfMetrics(metrics), "score");
  requirePossible(failIf, scoresOfMetrics(metrics), "difference");
  if (!task.readReferences) {
    throw new SimvlmError("bad-option", `The task ${task.name} has no format of references: it is scored by its runs.`);
  }
  requireUse(options, metrics);
  await requireMetricData(metrics, { clip: options.clip }).catch((error: unknown) => {
    if (!every) throw error; // scoring says it again
  });
  const data = await readScoreReferences(task, references, { ...options, metrics });
  const unable = new Set<MetricDefinition>();
  const onUnable = (metric: MetricDefinition, { message }: SimvlmError) => {
    unable.add(metric);
    tell(`simvlm: note: not scored with ${metric.name}: ${message}`);
  };
  const scoring = { task, data, metrics, options, ...(every && { onUnable }) };
  const scored = await scoreFile(predictions, scoring);
  const same = metrics.filter((metric) => !unable.has(metric));
  const other = against === undefined ? undefined : await scoreFile(against, { ...scoring, metrics: same });
  const ci = options.ci || asksForIntervals(min);
  const report = ci || other ? await measureUncertainty(scored, other, { ...options, ci }) : reportScores(scored);
  const verdicts = [
    ...judge(min, scoresOfReport(report, "predictions"), options.confidence),
    ...judge(failIf, differencesOfReport(report), options.confidence),
  ];
  for (const warning of listWarnings(scored, other)) tell(`simvlm: warning: ${warning}`);
  const blocks = scoreBlocks(report);
  const outputs = await writeGateFiles(gate, { name: "simvlm score", verdicts, blocks });
  const judged = verdicts.length > 0 ? { ...report, conditions: verdicts } : report;
  if (options.json !== undefined) outputs.push([options.json, `${formatJson(judged, 2)}\n`]);
  if (options.perExample !== undefined)
    outputs.push([options.perExample, escapeUnseen(formatPerExample(scored, options.explain))]);
  await writeOutputs(outputs);
  const all = [...blocks, ...(verdicts.length > 0 ? [verdictTable(verdicts)] : [])];
  await printBeside(
    outputs.map(([path]) => path),
    (width) => layOut(all, options, width),
  );
  reportVerdicts(verdicts);
}

/** Of both; what both have is said once. */
function listWarnings(scored: Scored, other: Scored | undefined): string[] {
  const [own, against] = [scored, other].map((one) => (one ? [...one.warnings, ...one.caveats] : []));
  const others = against!.filter((warning) => !own!.includes(warning));
  return [...own!, ...others.map((warning) => `--against: ${warning}`)];
}

/** `--metrics all`. */
function isAll(names: readonly string[] | undefined): boolean {
  return names?.length === 1 && names[0] === "all";
}

interface Scoring {
  readonly task: Task;
  readonly data: ReferenceSet;
  readonly metrics: readonly MetricDefinition[];
  readonly options: ScoreOptions;
  readonly onUnable?: ScoreRequest["onUnable"];
}

async function scoreFile(path: string, { task, data, metrics, options, onUnable }: Scoring): Promise<Scored> {
  const { references, allowMissing, byDomain, df, min = [], failIf = [] } = options;
  const reading = toResultsOptions(options);
  await requireSealedLog(path);
  const said = await readPredictions(task, path, reading);
  if (task.resultsInOrder && said.length !== data.examples.length) {
    throw new SimvlmError(
      "different-line-counts",
      `${references} has ${data.examples.length} lines, ${path} has ${said.length} lines. Line n of each must belong together: check that they are the same split and that none is cut short.`,
    );
  }
  const { predictions } = alignToExamples(data, said, path, { ...reading, allowMissing });
  const isOfPart = [...min, ...failIf].some(({ subset }) => subset !== "all");
  const groups = byDomain || df === "per-domain" ? "required" : isOfPart ? "where-given" : "none";
  const { clip, withoutParaphrases, spice } = options;
  const { withProgress } = await import("../terminal/progress.js"); // its library is loaded only where it is needed
  const scored = await withMetricPrograms(spice, (program) =>
    withProgress("looking at pictures and captions", (onStart) => {
      const tables = { paraphrases: !withoutParaphrases, clip, onStart, program };
      return scorePredictions({ task, data, predictions, metrics, groups, df, tables, onUnable });
    }),
  );
  if (scored) return scored;
  throw new SimvlmError("nothing-to-score", `${references} has no right answer to anything that ${path} predicts.`);
}

async function measureUncertainty(
  scored: Scored,
  other: Scored | undefined,
  { ci, correct, resamples, confidence, seed }: ScoreOptions,
): Promise<ScoreReport> {
  const resampling = { resamples, confidence, seed };
  const { withProgress } = await import("../terminal/progress.js"); // its library is loaded only where it is needed
  return withProgress("resampling", async (onStart) =>
    reportScores(scored, {
      intervals: ci ? resampling : undefined,
      against: other && { scored: other, resampling, correct },
      onStart,
    }),
  );
}

async function checkOptions(options: ScoreOptions, task: Task, { junit, summary }: GateFiles): Promise<void> {
  const { references, predictions, against, questions, instances, synonyms, byDomain, df, correct, failIf } = options;
  if (correct && against === undefined) {
    throw new SimvlmError("bad-option", "--correct has no meaning without --against, which gives p-values.");
  }
  if (failIf && against === undefined) {
    throw new SimvlmError("bad-option", "--fail-if has no meaning without --against: it is about differences.");
  }
  if (options.explain && options.perExample === undefined) {
    throw new SimvlmError("bad-option", "--explain has no meaning without --per-example, whose lines it adds to.");
  }
  requireOptionsOf(task, {
    questions: questions !== undefined,
    instances: instances !== undefined,
    synonyms: synonyms !== undefined,
    "by-domain": byDomain,
    df: df !== "shared",
  });
  const given = (paths: readonly (string | undefined)[]) => paths.filter((path) => path !== undefined);
  const { json, perExample } = options;
  await checkOutputs(
    given([json, perExample, junit, summary]),
    given([references, predictions, against, questions, instances, synonyms]),
  );
}
