import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { COMPARE_DEFAULTS, compareRuns } from "../compare/compare-runs.js";
import { withoutHomes } from "../files/home.js";
import { comparisonBlocks } from "../terminal/format-comparison.js";
import { formatJson } from "../terminal/json.js";
import { withProgress } from "../terminal/progress.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { correctionOption, metricsOption, parseCount, resamplingOptions, withOptions } from "./options.js";
import { checkOutputs, printBeside, requireOutside, writeOutputs } from "./output.js";

const EXAMPLES = `
Examples:
  $ simvlm compare runs/zero-shot runs/fine-tuned
  $ simvlm compare runs/fine-tuned runs/zero-shot runs/scratch --json comparison.json --wins 10

The runs must be of the same task and the same examples. Exit code 2: they are not, or something else is wrong with them.`;

/** `simvlm compare` */
export function createCompareCommand(): CommandUnknownOpts {
  const command = new Command("compare")
    .description(
      "Compare finished runs on the same examples: how they differ from the first, and whether that may be chance.",
    )
    .argument("<run...>", "the folders of two or more runs; the others are compared with the first")
    .option("--json <file>", "write the whole comparison as JSON; - for standard output");
  const measured = withOptions(command, metricsOption, "what the runs were scored with");
  const tested = withOptions(withOptions(measured, resamplingOptions), correctionOption);
  return withOptions(tested, layoutOptions)
    .option("--wins <n>", "how many of the largest differences to show, each way", parseCount, COMPARE_DEFAULTS.wins)
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .option("--no-paper", "leave out the paper's tables")
    .addHelpText("after", EXAMPLES)
    .action(async (folders, { json, data: dataFolder, ...options }) => {
      if (json !== undefined) {
        await checkOutputs([json]);
        await requireOutside(json, folders);
      }
      const comparison = await withProgress("resampling", (onStart) =>
        compareRuns(folders, { ...options, dataFolder, onStart }),
      );
      if (json !== undefined) await writeOutputs([[json, `${formatJson(withoutHomes(comparison), 2)}\n`]]);
      await printBeside([json], (width) => layOut(comparisonBlocks(comparison), options, width));
    });
}
