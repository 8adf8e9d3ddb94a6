import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { alignToExamples, readPredictions } from "../sources/predictions-file.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import { DF_MODES, type Scored, scorePredictions } from "../tasks/score-predictions.js";
import { formatPerExample, reportScores, type ScoreReport } from "../tasks/score-report.js";
import type { ReferenceSet, Task } from "../tasks/task.js";
import { findTask, listTasks } from "../tasks/task-registry.js";
import { escapeUnseen, formatJson } from "../terminal/json.js";
import { scoreBlocks } from "../terminal/score-tables.js";
import { tell } from "../terminal/streams.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { correctionOption, metricsOption, type OptionsOf, resamplingOptions, withOptions } from "./options.js";
import { checkOutputs, printBeside, writeOutputs } from "./output.js";
import { resultsOptions, toResultsOptions } from "./results-options.js";
import { nameTasks, requireOptionsOf } from "./task-options.js";

const EXAMPLES = `
Examples:
  $ simvlm score --task caption --references nocaps_val.json --predictions results.json --by-domain --ci
  $ simvlm score --task vqa --references annotations.json --predictions answers.json --json scores.json
  $ simvlm score --task translate --references test.de --predictions system-a.de --against system-b.de

Files may be compressed (.gz). Exit code 2: something is wrong with the input, and nothing was written.`;

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
    .option("--questions <file>", "vqa: the questions file, to check that it belongs to the annotations");
  const read = withOptions(command, resultsOptions);
  const measured = withOptions(read, metricsOption, "the task's")
    .option("--by-domain", "caption: also by domain: in, near and out (NoCaps)", false)
    .addOption(
      new Option("--df <mode>", "caption: count CIDEr's document frequencies over all images, or within each domain")
        .choices(DF_MODES)
        .default("shared"),
    )
    .option("--allow-missing", "score only the examples that have a prediction, and say so", false)
    .option("--ci", "bootstrap confidence intervals", false)
    .option("--against <file>", "another system's predictions: paired differences with p-values");
  const tested = withOptions(withOptions(measured, resamplingOptions), correctionOption);
  return withOptions(tested, layoutOptions)
    .option("--json <file>", "write scores, signatures, intervals as JSON; - for standard output")
    .option("--per-example <file>", "write one JSON line per example: its id and scores; - too")
    .addHelpText("after", EXAMPLES);
}

async function runScore(options: ScoreOptions): Promise<void> {
  const { references, predictions, questions, against } = options;
  const task = findTask(options.task);
  await checkOptions(options, task);
  const metrics = options.metrics ? chooseMetrics(task, options.metrics) : task.metrics;
  if (!task.readReferences) {
    throw new SimvlmError("bad-option", `The task ${task.name} has no format of references: it is scored by its runs.`);
  }
  const data = await task.readReferences(references, { questions });
  const scored = await scoreFile(predictions, { task, data, metrics, options });
  const other = against === undefined ? undefined : await scoreFile(against, { task, data, metrics, options });
  const report = options.ci || other ? await measureUncertainty(scored, other, options) : reportScores(scored);
  for (const warning of scored.warnings) tell(`simvlm: warning: ${warning}`);
  const outputs: [string, string][] = [];
  if (options.json !== undefined) outputs.push([options.json, `${formatJson(report, 2)}\n`]);
  if (options.perExample !== undefined) outputs.push([options.perExample, escapeUnseen(formatPerExample(scored))]);
  await writeOutputs(outputs);
  await printBeside([options.json, options.perExample], (width) => layOut(scoreBlocks(report), options, width));
}

interface Scoring {
  readonly task: Task;
  readonly data: ReferenceSet;
  readonly metrics: readonly MetricDefinition[];
  readonly options: ScoreOptions;
}

async function scoreFile(path: string, { task, data, metrics, options }: Scoring): Promise<Scored> {
  const { references, allowMissing, byDomain, df } = options;
  const reading = toResultsOptions(options);
  const said = await readPredictions(task, path, reading);
  if (task.resultsInOrder && said.length !== data.examples.length) {
    throw new SimvlmError(
      "different-line-counts",
      `${references} has ${data.examples.length} lines, ${path} has ${said.length} lines. Line n of each must belong together: check that they are the same split and that none is cut short.`,
    );
  }
  const { predictions } = alignToExamples(data, said, path, { ...reading, allowMissing });
  const groups = byDomain || df === "per-domain" ? "required" : "none";
  const scored = await scorePredictions({ task, data, predictions, metrics, groups, df });
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

async function checkOptions(options: ScoreOptions, task: Task): Promise<void> {
  const { references, predictions, against, questions, json, perExample, byDomain, df, correct } = options;
  if (correct && against === undefined) {
    throw new SimvlmError("bad-option", "--correct has no meaning without --against, which gives p-values.");
  }
  requireOptionsOf(task, { questions: questions !== undefined, "by-domain": byDomain, df: df !== "shared" });
  const given = (paths: readonly (string | undefined)[]) => paths.filter((path) => path !== undefined);
  await checkOutputs(given([json, perExample]), given([references, predictions, against, questions]));
}
