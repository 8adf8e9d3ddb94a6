import { stat } from "node:fs/promises";
import { Command } from "commander";
import { verifyRun } from "../runs/verify-run.js";
import { printable } from "../terminal/printable.js";

const EXIT_DIFFERENT = 1;

const EXAMPLES = `
Examples:
  $ simvlm verify runs/zero-shot
  $ simvlm verify report.html --data data/nocaps

Exit code 1: something is not what the manifest and scores of the run, or the report, say.`;

/** `simvlm verify` */
export function createVerifyCommand(): Command {
  return new Command("verify")
    .description(
      "Hash a run's data and model, write its results and scores once more, and compare; or those of a report.",
    )
    .argument("<run>", "the run's folder, or the file of a report")
    .option("--data <folder>", "the data set, if it is not where the run says; of a report: to hash it, too")
    .addHelpText("after", EXAMPLES)
    .action(runVerify);
}

async function runVerify(path: string, { data }: { data?: string }): Promise<void> {
  const isReport = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const { confirmed, differences, notes } = await (isReport ? verifyFile : verifyRun)(path, data);
  const lines = [
    ...differences.map((difference) => `different: ${difference}`),
    ...notes.map((note) => `note: ${note}`),
    ...(confirmed.length > 0 ? [`as it should be: ${confirmed.join(", ")}`] : []),
  ];
  process.stdout.write(`${printable(lines.join("\n"))}\n`);
  if (differences.length > 0) process.exitCode = EXIT_DIFFERENT;
}

async function verifyFile(path: string, data?: string) {
  const { verifyReport } = await import("../report/document/verify-report.js"); // its libraries are loaded only for reports
  return verifyReport(path, data);
}
