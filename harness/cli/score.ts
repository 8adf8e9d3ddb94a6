import { resolve } from "node:path";
import { type ResamplingOptions, SimvlmError } from "@simvlm/metrics";
import { Command, Option } from "commander";
import { writeFilesAtomic } from "../files/atomic.js";
import { SCORERS } from "../scoring/index.js";
import { formatPerExample, reportScores, type ScoreReport } from "../scoring/report.js";
import { CAPTION_METRICS, DF_MODES, type Scored, type ScoreRequest, TASKS, type TaskName } from "../scoring/scored.js";
import { printable } from "../terminal/printable.js";
import { formatScoreTables } from "../terminal/score-tables.js";
import { parseListOf } from "./options.js";
import { addResamplingOptions } from "./resampling-options.js";

interface ScoreCommandOptions extends ScoreRequest, ResamplingOptions {
  readonly task: TaskName;
  readonly ci: boolean;
  readonly against?: string;
  readonly json?: string;
  readonly perExample?: string;
}

const EXAMPLES = `
Examples:
  $ simvlm score --task caption --references nocaps_val.json --predictions results.json --by-domain --ci
  $ simvlm score --task vqa --references annotations.json --predictions answers.json --json scores.json
  $ simvlm score --task translate --references test.de --predictions system-a.de --against system-b.de

Files are read packed (.gz) or not. Exit code 2: something is wrong with the input, and nothing was written.`;

export function createScoreCommand(): Command {
  const command = new Command("score")
    .description("Score predictions against official annotations, with the numbers the reference programs give.")
    .addOption(new Option("--task <task>", "what was predicted").choices(TASKS).makeOptionMandatory())
    .requiredOption("--references <file>", "the official annotations (vqa: annotations; translate: plain text)")
    .requiredOption("--predictions <file>", "the system's output, in the official results format")
    .option("--questions <file>", "vqa: the questions file, to check that it belongs to the annotations")
    .option("--metrics <list>", `caption: ${CAPTION_METRICS.join(",")}`, parseListOf(CAPTION_METRICS), [
      ...CAPTION_METRICS,
    ])
    .option("--by-domain", "caption: also in-, near- and out-of-domain (NoCaps)", false)
    .addOption(
      new Option("--df <mode>", "caption: CIDEr's document frequencies by domain, from all images or from its own")
        .choices(DF_MODES)
        .default("shared"),
    )
    .option("--allow-missing", "score the examples that have a prediction, and say so", false)
    .option("--ci", "bootstrap confidence intervals", false)
    .option("--against <file>", "another system's predictions: paired differences with p-values");
  return addResamplingOptions(command)
    .option("--json <file>", "write scores, signatures, intervals as JSON")
    .option("--per-example <file>", "write one JSON line an example: its id and scores")
    .addHelpText("after", EXAMPLES)
    .action(runScore);
}

async function runScore(options: ScoreCommandOptions): Promise<void> {
  checkOptions(options);
  const scored = await SCORERS[options.task](options);
  const report = options.ci || options.against ? await measureUncertainty(scored, options) : reportScores(scored);
  for (const warning of scored.warnings) process.stderr.write(`simvlm: warning: ${printable(warning)}\n`);
  const outputs: [string, string][] = [];
  if (options.json !== undefined) outputs.push([options.json, `${JSON.stringify(report, null, 2)}\n`]);
  if (options.perExample !== undefined) outputs.push([options.perExample, formatPerExample(scored)]);
  await writeFilesAtomic(outputs);
  process.stdout.write(`${formatScoreTables(report)}\n`);
}

async function measureUncertainty(scored: Scored, options: ScoreCommandOptions): Promise<ScoreReport> {
  const { task, against, ci, resamples, confidence, seed } = options;
  const resampling = { resamples, confidence, seed } as Required<ResamplingOptions>;
  const other = against === undefined ? undefined : await SCORERS[task]({ ...options, predictions: against });
  const { withProgress } = await import("../terminal/progress.js"); // its library is loaded only where it is needed
  return withProgress("resampling", async (onStart) =>
    reportScores(scored, {
      intervals: ci ? resampling : undefined,
      against: other && { scored: other, resampling },
      onStart,
    }),
  );
}

const ONLY_FOR: readonly { option: keyof ScoreCommandOptions; flag: string; task: TaskName }[] = [
  { option: "questions", flag: "--questions", task: "vqa" },
  { option: "byDomain", flag: "--by-domain", task: "caption" },
];

function checkOptions(options: ScoreCommandOptions): void {
  for (const { option, flag, task } of ONLY_FOR) {
    if (options[option] && options.task !== task) {
      throw new SimvlmError("bad-option", `${flag} is only for --task ${task}, not ${options.task}: leave it out`);
    }
  }
  const { references, predictions, against, questions, json, perExample } = options;
  const taken = new Set([references, predictions, against, questions].flatMap((path) => (path ? [resolve(path)] : [])));
  for (const output of [json, perExample]) {
    if (output === undefined) continue;
    if (taken.has(resolve(output))) {
      throw new SimvlmError("bad-option", `${output} would be overwritten: write to another file`);
    }
    taken.add(resolve(output));
  }
}
