import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { buildReport, REPORT_DEFAULTS } from "../report/document/build.js";
import { type PictureFolder, withPictureFolder } from "../report/document/picture-folder.js";
import { renderReport } from "../report/document/report-page.js";
import { besidePage } from "../report/document/report-pictures.js";
import { requireBeside } from "../report/document/try-pages.js";
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
    .addOption(
      new Option(
        "--pictures <where>",
        "where the examples' pictures go: into the page, to a folder beside it, or nowhere",
      )
        .choices(["embedded", "beside", "none"] as const)
        .default("embedded" as const),
    )
    .option(
      "--try <run=page>",
      "link a run to the page that runs its model, as `simvlm page` wrote it beside the report; may be repeated",
      collectTried,
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
        pictures: where,
        try: tryPages = {},
        ...options
      } = given;
      await checkOut(out, folders, sliceFiles);
      for (const page of Object.values(tryPages)) await requireBeside(page, out);
      requirePictures(where, out, options.thumbnails);
      const slices = await readSliceRequest(sliceBy, sliceFiles);
      await findMetricData(folders, options.metrics);
      const write = async (folder: PictureFolder | undefined) => {
        const pictures = folder ? besidePage(folder) : where === "none" ? where : undefined;
        const report = await withMetricPrograms(spice, (program) =>
          withProgress("reporting", (onStart) =>
            buildReport(folders, {
              ...options,
              ...(withoutParaphrases && { paraphrases: false }),
              pictures,
              tryPages,
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
        const page = await renderReport(report);
        await folder?.putInPlace();
        await writeOutputs([[out, page]]);
        await folder?.removeOthers();
        return report;
      };
      const report = where === "beside" ? await withPictureFolder(out, write) : await write(undefined);
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

/** A run's folder or label, and the page of its model: labels may hold the sign between them, too. */
function collectTried(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, run, page] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
  if (run === undefined || page === undefined) {
    throw new InvalidArgumentError("It must look like RUN=model.html, with the run's folder or label.");
  }
  return { ...before, [run]: page };
}

/** @throws SimvlmError `bad-option` for pictures that have no place, or of which there are to be none and some */
function requirePictures(where: "embedded" | "beside" | "none", out: string, thumbnails: number | undefined): void {
  if (where === "beside" && isStandardOutput(out)) {
    throw new SimvlmError("bad-option", "--pictures beside puts a folder beside the page: name a file with --out.");
  }
  if (where === "none" && thumbnails !== undefined && thumbnails > 0) {
    throw new SimvlmError(
      "bad-option",
      "--thumbnails asks for pictures, and --pictures none for none: leave one of the two out.",
    );
  }
}

/** What can be known of the output before the work: it is a page, in a folder that is there and that is no run's. */
async function checkOut(out: string, folders: readonly string[], inputs?: readonly string[]): Promise<void> {
  requirePage("--out", out);
  await checkOutputs([out], inputs);
  await requireOutside(out, folders);
}
