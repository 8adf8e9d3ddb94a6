import { Command, Option } from "@commander-js/extra-typings";
import { RESULTS_FORMATS } from "../formats/results/results-formats.js";
import { DF_MODES } from "../tasks/metric-input.js";
import { TASK_SETTING_DEFAULTS } from "../tasks/task.js";
import { listTasks } from "../tasks/task-registry.js";
import { failIfOption, scoreGateOptions } from "./gate-options.js";
import { layoutOptions } from "./layout-options.js";
import {
  correctionOption,
  metricsOption,
  type OptionsOf,
  paraphrasesOption,
  resamplingOptions,
  withOptions,
} from "./options.js";
import { resultsOptions } from "./results-options.js";
import { judgementOptions, spiceOption } from "./spice-option.js";
import { nameTasks } from "./task-options.js";

const EXAMPLES = `
Examples:
  $ simvlm score --task caption --references nocaps_val.json --predictions results.json --by-domain --ci
  $ simvlm score --task vqa --references annotations.json --predictions answers.json --json scores.json
  $ simvlm score --task translate --references test.de --predictions system-a.de --against system-b.de
  $ simvlm score --task caption --references captions.json --predictions results.json --min CIDEr=0.9 --junit gate.xml
  $ simvlm score --task caption --references captions.json --predictions results.json --metrics spice \\
      --judgements judged --shard 1/4

Predictions are recognised by their content:
  ${RESULTS_FORMATS.map(({ name }) => name).join(", ")}.
Files may be compressed (.gz). Exit code 1: a score is below its --min, or a condition of --fail-if holds, as \`simvlm
compare --help\` explains it. Exit code 2: something is wrong with the input, and nothing was written.`;

/** The command without what it does. */
export function defineScoreCommand() {
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
  const measured = withOptions(withOptions(withOptions(chosen, paraphrasesOption), spiceOption), judgementOptions)
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

/** What options of {@link defineScoreCommand} ask for. */
export type ScoreOptions = OptionsOf<typeof defineScoreCommand>;

/** The options that say what becomes of the scores; shares of captions that are only judged have none. */
export const OF_SCORES: ReadonlySet<string> = new Set(
  "json per-example explain ci min fail-if junit summary correct resamples confidence seed markdown latex".split(" "),
);
