import { dirname, resolve } from "node:path";
import { type ResamplingOptions, SimvlmError } from "@simvlm/metrics";
import { Command } from "commander";
import { COMPARE_DEFAULTS, compareRuns } from "../compare/compare-runs.js";
import { writeFileAtomic } from "../files/atomic.js";
import { formatComparison } from "../terminal/comparison/format-comparison.js";
import { withProgress } from "../terminal/progress.js";
import { parseCount } from "./options.js";
import { addResamplingOptions } from "./resampling-options.js";

interface CompareCommandOptions extends Required<ResamplingOptions> {
  readonly json?: string;
  readonly wins: number;
  readonly data?: string;
}

const EXAMPLES = `
Examples:
  $ simvlm compare runs/zero-shot runs/fine-tuned
  $ simvlm compare runs/fine-tuned runs/zero-shot runs/scratch --json comparison.json --wins 10

The runs must be of the same task and the same examples. Exit code 2: they are not, or something else is wrong with them.`;

/** `simvlm compare` */
export function createCompareCommand(): Command {
  const command = new Command("compare")
    .description(
      "Compare finished runs on the same examples: how they differ from the first, and whether that may be chance.",
    )
    .argument("<run...>", "the folders of two or more runs; the others are compared with the first")
    .option("--json <file>", "write the whole comparison as JSON");
  return addResamplingOptions(command)
    .option("--wins <n>", "how many of the largest differences to show, each way", parseCount, COMPARE_DEFAULTS.wins)
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .addHelpText("after", EXAMPLES)
    .action(runCompare);
}

async function runCompare(
  folders: string[],
  { json, data: dataFolder, ...options }: CompareCommandOptions,
): Promise<void> {
  if (json !== undefined) requireOutside(json, folders);
  const comparison = await withProgress("resampling", (onStart) =>
    compareRuns(folders, { ...options, dataFolder, onStart }),
  );
  if (json !== undefined) await writeFileAtomic(json, `${JSON.stringify(comparison, null, 2)}\n`);
  process.stdout.write(`${formatComparison(comparison)}\n`);
}

/** A run's folder holds what makes it verifiable, and nothing else. */
function requireOutside(json: string, folders: readonly string[]): void {
  const folder = folders.find((folder) => dirname(resolve(json)) === resolve(folder));
  if (folder === undefined) return;
  throw new SimvlmError("bad-option", `${json} is inside the run ${folder}: write the comparison outside the runs.`);
}
