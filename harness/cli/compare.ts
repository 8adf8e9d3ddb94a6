import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { COMPARE_DEFAULTS, compareRuns } from "../compare/compare-runs.js";
import type { RunComparison } from "../compare/comparison.js";
import { type Condition, requirePossible } from "../compare/gate/conditions.js";
import { judge, type Verdict } from "../compare/gate/judge.js";
import { differencesOfComparison, scoresOfComparison } from "../compare/gate/measurements.js";
import { withoutHomes } from "../files/home.js";
import { comparisonBlocks, summaryBlocks } from "../terminal/format-comparison.js";
import { formatJson } from "../terminal/json.js";
import { withProgress } from "../terminal/progress.js";
import { tell } from "../terminal/streams.js";
import { verdictTable } from "../terminal/verdict-table.js";
import { failIfOption, findGateFiles, gateFileOptions, reportVerdicts, writeGateFiles } from "./gate-options.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { findMetricData, withMetricPrograms } from "./metric-data.js";
import {
  correctionOption,
  metricsOption,
  type OptionsOf,
  paraphrasesOption,
  parseCount,
  resamplingOptions,
  withOptions,
} from "./options.js";
import { checkOutputs, printBeside, requireOutside, writeOutputs } from "./output.js";
import { pricesOption } from "./price-option.js";
import { readSliceRequest, sliceOptions } from "./slice-options.js";
import { spiceOption } from "./spice-option.js";

const EXAMPLES = `
Examples:
  $ simvlm compare runs/zero-shot runs/fine-tuned
  $ simvlm compare runs/fine-tuned runs/zero-shot runs/scratch --json comparison.json --wins 10
  $ simvlm compare runs/zero-shot runs/fine-tuned --slice-by caption-length --slice-by word:dog --slices weather.csv
  $ simvlm compare runs/released runs/candidate --fail-if "CIDEr<-0.02" --junit gate.xml --summary GITHUB_STEP_SUMMARY

The runs must be of the same task and the same examples. "CIDEr<-0.02" fails where the whole interval of a difference
from the first run is below -0.02, so that the loss is certain; "CIDEr.low<-0.02" where such a loss cannot be ruled out,
"CIDEr.mean<-0.02" by the difference alone. Exit code 1: a condition of --fail-if holds. Exit code 2: the runs cannot be
compared, or something else is wrong with them.`;

/** `simvlm compare` */
export function createCompareCommand(): CommandUnknownOpts {
  return defineCommand().action(runCompare);
}

type CompareCommandOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("compare")
    .description(
      "Compare finished runs on the same examples: how they differ from the first, and whether that may be chance.",
    )
    .argument("<run...>", "the folders of two or more runs; the others are compared with the first")
    .option("--json <file>", "write the whole comparison as JSON; - for standard output");
  const chosen = withOptions(command, metricsOption, "what the runs were scored with");
  const measured = withOptions(chosen, paraphrasesOption, " (default: as each run was scored)");
  const judged = withOptions(measured, spiceOption);
  const tested = withOptions(withOptions(judged, resamplingOptions), correctionOption);
  const gated = withOptions(withOptions(tested, failIfOption), gateFileOptions);
  return withOptions(withOptions(withOptions(gated, sliceOptions), layoutOptions), pricesOption)
    .option("--wins <n>", "how many of the largest differences to show, each way", parseCount, COMPARE_DEFAULTS.wins)
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .option("--no-paper", "leave out the paper's tables")
    .addHelpText("after", EXAMPLES);
}

async function runCompare(
  folders: string[],
  {
    json,
    data: dataFolder,
    failIf = [],
    withoutParaphrases,
    spice,
    price: prices,
    sliceBy,
    slices: sliceFiles,
    ...options
  }: CompareCommandOptions,
): Promise<void> {
  const gate = findGateFiles(options, failIf, "--fail-if");
  const files = [json, gate.junit, gate.summary].filter((path) => path !== undefined);
  await checkOutputs(files, sliceFiles);
  for (const file of files) await requireOutside(file, folders);
  const slices = await readSliceRequest(sliceBy, sliceFiles);
  await findMetricData(folders, options.metrics);
  const comparison = await withMetricPrograms(spice, (program) =>
    withProgress("resampling", (onStart) =>
      compareRuns(folders, {
        ...options,
        ...(withoutParaphrases && { paraphrases: false }),
        prices,
        slices,
        dataFolder,
        onStart,
        program,
      }),
    ),
  );
  for (const warning of comparison.warnings ?? []) tell(`simvlm: warning: ${warning}`);
  const verdicts = judgeComparison(failIf, comparison);
  const judged = failIf.length > 0 ? { ...comparison, conditions: verdicts } : comparison;
  const outputs: [string, string][] = json === undefined ? [] : [[json, `${formatJson(withoutHomes(judged), 2)}\n`]];
  const summary = withoutHomes(comparison);
  const report = { name: "simvlm compare", verdicts, blocks: gate.summary === undefined ? [] : summaryBlocks(summary) };
  await writeOutputs([...outputs, ...(await writeGateFiles(gate, report))]);
  const blocks = [...comparisonBlocks(comparison), ...(verdicts.length > 0 ? [verdictTable(verdicts)] : [])];
  await printBeside(files, (width) => layOut(blocks, options, width));
  reportVerdicts(verdicts);
}

function judgeComparison(conditions: readonly Condition[], comparison: RunComparison): Verdict[] {
  requirePossible(conditions, scoresOfComparison(comparison), "difference");
  requireCompared(conditions, comparison);
  return judge(conditions, differencesOfComparison(comparison), comparison.resampling.confidence);
}

/** A condition of what was not compared must not pass for one that holds. */
function requireCompared(conditions: readonly Condition[], { runs, scores, differences }: RunComparison): void {
  for (const { score, text } of conditions) {
    if (!scores.some((row) => row.score === score)) continue; // there is no such score, which is said elsewhere
    const lacking = runs
      .slice(1)
      .find(({ label }) => !differences.some((row) => row.run === label && row.score === score));
    if (!lacking) continue;
    throw new SimvlmError(
      "not-compared",
      `${text}: ${lacking.label} and ${runs[0]!.label} do not have ${score} with the same signature, so there is no difference to judge (--without-paraphrases and --metrics decide how runs are scored).`,
    );
  }
}
