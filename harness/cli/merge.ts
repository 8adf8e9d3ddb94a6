import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { mergeRuns } from "../runs/merge-runs.js";
import { withProgress } from "../terminal/progress.js";
import { asksForIntervals } from "./gate-options.js";
import { findMetricData, withMetricPrograms } from "./metric-data.js";
import { metricsOption, paraphrasesOption, parseFolder, withOptions } from "./options.js";
import { outcomeOptions, printFinished } from "./run.js";
import { openRunGate } from "./run-gate.js";
import { spiceOption } from "./spice-option.js";

const EXAMPLES = `
Example:
  $ simvlm merge runs/part-1 runs/part-2 --out runs/whole`;

/** `simvlm merge` */
export function createMergeCommand(): CommandUnknownOpts {
  const command = new Command("merge")
    .description("Combine the runs of all shards into one run, and score it.")
    .argument("<run...>", "the folders of runs made with --shard 1/n to n/n")
    .requiredOption("--out <folder>", "the whole run's folder", parseFolder)
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .option("--label <text>", "the run's name in tables (default: the folder's)");
  const scored = withOptions(withOptions(command, metricsOption, "the task's"), paraphrasesOption);
  return withOptions(withOptions(scored, spiceOption), outcomeOptions)
    .option("--ci", "bootstrap confidence intervals", false)
    .addHelpText("after", EXAMPLES)
    .action(
      async (folders, { out, data: dataFolder, label, metrics, clip, ci, withoutParaphrases, spice, ...outcome }) => {
        const intervals = ci || asksForIntervals(outcome.min ?? []) ? RESAMPLING_DEFAULTS : undefined;
        const gate = await openRunGate("simvlm merge", outcome, [...folders, out]);
        const tables = { paraphrases: !withoutParaphrases, clip };
        await findMetricData(folders, metrics);
        const finished = await withMetricPrograms(spice, (program) =>
          withProgress("resampling", (onStart) =>
            mergeRuns(
              { folders, out, dataFolder, label, metrics },
              { intervals, tables: { ...tables, program }, onStart },
            ),
          ),
        );
        await printFinished(out, finished, { allowFailures: outcome.allowFailures, gate });
      },
    );
}
