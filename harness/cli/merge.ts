import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { Command } from "commander";
import { mergeRuns } from "../runs/merge-runs.js";
import { withProgress } from "../terminal/progress.js";
import { printFinished } from "./run.js";

interface MergeCommandOptions {
  readonly out: string;
  readonly data?: string;
  readonly label?: string;
  readonly ci: boolean;
}

const EXAMPLES = `
Example:
  $ simvlm merge runs/part-1 runs/part-2 --out runs/whole`;

/** `simvlm merge` */
export function createMergeCommand(): Command {
  return new Command("merge")
    .description("Combine the runs of all shards into one run, and score it.")
    .argument("<run...>", "the folders of runs made with --shard 1/n to n/n")
    .requiredOption("--out <folder>", "the whole run's folder")
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .option("--label <text>", "the run's name in tables (default: the folder's)")
    .option("--ci", "bootstrap confidence intervals", false)
    .addHelpText("after", EXAMPLES)
    .action(runMerge);
}

async function runMerge(folders: string[], { out, data, label, ci }: MergeCommandOptions): Promise<void> {
  const intervals = ci ? RESAMPLING_DEFAULTS : undefined;
  const finished = await withProgress("resampling", (onStart) =>
    mergeRuns({ folders, out, dataFolder: data, label }, { intervals, onStart }),
  );
  printFinished(out, finished);
}
