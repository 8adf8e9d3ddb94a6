import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { buildReport, REPORT_DEFAULTS } from "../report/document/build.js";
import { renderReport } from "../report/document/report-page.js";
import { formatCount } from "../terminal/numbers.js";
import { withProgress } from "../terminal/progress.js";
import { print, tell } from "../terminal/streams.js";
import { findMetricData, withMetricPrograms } from "./metric-data.js";
import {
  correctionOption,
  metricsOption,
  paraphrasesOption,
  parseCount,
  resamplingOptions,
  withOptions,
} from "./options.js";
import { checkOutputs, isStandardOutput, requireOutside, requirePage, writeOutputs } from "./output.js";
import { pricesOption } from "./price-option.js";
import { readSliceRequest, sliceOptions } from "./slice-options.js";
import { spiceOption } from "./spice-option.js";

const EXAMPLES = `
Examples:
  $ simvlm report runs/zero-shot --out report.html
  $ simvlm report runs/zero-shot runs/fine-tuned --out report.html --title "Zero-shot or supervised?"

The report is one file that opens offline and holds all it takes to score it again: \`simvlm verify report.html\`.
The same runs give the same bytes.`;

/** `simvlm report` */
export function createReportCommand(): CommandUnknownOpts {
  const command = new Command("report")
    .description("Write finished runs as one HTML file: scores, comparison, examples, settings, provenance.")
    .argument("<run...>", "the folders of one or more runs; the others are compared with the first")
    .requiredOption("--out <file>", "the report, .html; - for standard output")
    .option("--title <text>", "its heading (default: the task, the runs and the data)")
    .option(
      "--examples <n>",
      "how many of the largest differences to show, each way",
      parseCount,
      REPORT_DEFAULTS.examples,
    )
    .option(
      "--explore <n>",
      "how many examples to show with attention maps of the first two models",
      parseCount,
      REPORT_DEFAULTS.explore,
    )
    .option(
      "--faithfulness <n>",
      "on how many pictures to measure how faithful the maps of the first two models are",
      parseCount,
      REPORT_DEFAULTS.faithfulness,
    )
    .option(
      "--thumbnails <n>",
      "of how many examples, from the first on, the table of every example has small pictures in the page (default: of wins and losses)",
      parseThumbnails,
    )
    .option("--checkpoint <folder...>", "the models, if they are not where the runs say");
  const chosen = withOptions(command, metricsOption, "what the runs were scored with");
  const measured = withOptions(chosen, paraphrasesOption, " (default: as each run was scored)");
  const judged = withOptions(measured, spiceOption);
  const tested = withOptions(withOptions(judged, resamplingOptions), correctionOption);
  return withOptions(withOptions(tested, sliceOptions), pricesOption)
    .option("--data <folder>", "the data set, if it is not where the runs say")
    .option(
      "--without-references",
      "leave out the references, where they must not be passed on: only hashes are checked then",
    )
    .option("--no-paper", "leave out the paper's tables")
    .addHelpText("after", EXAMPLES)
    .action(async (folders, given) => {
      const {
        out,
        data: dataFolder,
        checkpoint: checkpoints,
        withoutParaphrases,
        spice,
        price: prices,
        sliceBy,
        slices: sliceFiles,
        ...options
      } = given;
      await checkOut(out, folders, sliceFiles);
      const slices = await readSliceRequest(sliceBy, sliceFiles);
      await findMetricData(folders, options.metrics);
      const report = await withMetricPrograms(spice, (program) =>
        withProgress("reporting", (onStart) =>
          buildReport(folders, {
            ...options,
            ...(withoutParaphrases && { paraphrases: false }),
            prices,
            slices,
            dataFolder,
            checkpoints,
            onStart,
            program,
          }),
        ),
      );
      for (const warning of report.data.comparison.warnings ?? []) tell(`simvlm: warning: ${warning}`);
      await writeOutputs([[out, await renderReport(report)]]);
      for (const remark of [...report.data.remarks, ...report.data.attention.remarks]) tell(`simvlm: note: ${remark}`);
      if (!isStandardOutput(out)) await print(out);
    });
}

/** More, of some kB each, would make a page that nothing opens. */
const MOST_THUMBNAILS = 50_000;

function parseThumbnails(text: string): number {
  const count = parseCount(text);
  if (count <= MOST_THUMBNAILS) return count;
  throw new InvalidArgumentError(
    `It must be ${formatCount(MOST_THUMBNAILS)} at most, for a page holds no more pictures.`,
  );
}

/** What can be known of the output before the work: it is a page, in a folder that is there and that is no run's. */
async function checkOut(out: string, folders: readonly string[], inputs?: readonly string[]): Promise<void> {
  requirePage("--out", out);
  await checkOutputs([out], inputs);
  await requireOutside(out, folders);
}
