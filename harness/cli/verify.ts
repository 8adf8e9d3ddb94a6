import { stat } from "node:fs/promises";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import { type Verification, verifyRun } from "../runs/verify-run.js";
import { print } from "../terminal/streams.js";
import { findMetricData, withMetricPrograms } from "./metric-data.js";
import { clipOption, type OptionsOf, withOptions } from "./options.js";
import { spiceOption } from "./spice-option.js";

const EXIT_DIFFERENT = 1;

const EXAMPLES = `
Examples:
  $ simvlm verify runs/zero-shot
  $ simvlm verify report.html --data data/nocaps
  $ simvlm verify study/report.html

Exit code 1: something differs from what the run's manifest and scores, or the report, say.`;

/** `simvlm verify` */
export function createVerifyCommand(): CommandUnknownOpts {
  return defineCommand().action(runVerify);
}

function defineCommand() {
  const command = new Command("verify")
    .description(
      "Check a run or a report: hash its data and model again, compute results and scores again, and compare.",
    )
    .argument("<run>", "the run's folder, or the file of a report")
    .option(
      "--data <folder>",
      "the data set, if it is not where the run says; with a report: also hash the data there",
    );
  return withOptions(withOptions(command, clipOption), spiceOption).addHelpText("after", EXAMPLES);
}

async function runVerify(path: string, { data, clip, spice }: OptionsOf<typeof defineCommand>): Promise<void> {
  const isReport = await stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
  if (!isReport) await findMetricData([path]);
  type Found = Pick<Verification, "confirmed" | "differences" | "notes">;
  const { confirmed, differences, notes } = await withMetricPrograms<Found>(spice, (program) =>
    isReport ? verifyFile(path, data, program) : verifyRun(path, data, { tables: { clip, program } }),
  );
  const lines = [
    ...differences.map((difference) => `different: ${difference}`),
    ...notes.map((note) => `note: ${note}`),
    ...(confirmed.length > 0 ? [`confirmed: ${confirmed.join(", ")}`] : []),
  ];
  await print(lines.join("\n"));
  if (differences.length > 0) process.exitCode = EXIT_DIFFERENT;
}

async function verifyFile(path: string, data: string | undefined, program: ProgramOptions) {
  const { openStudyReport, verifyStudyReport } = await import("../report/study/verify-study.js"); // its libraries are loaded only for reports
  const study = await openStudyReport(path);
  if (study) return verifyStudyReport(study);
  const { verifyReport } = await import("../report/document/verify-report.js");
  return verifyReport(path, data, { program });
}
