import { Command } from "commander";
import { verifyRun } from "../runs/verify.js";
import { printable } from "../terminal/printable.js";

const EXIT_DIFFERENT = 1;

const EXAMPLES = `
Example:
  $ simvlm verify runs/zero-shot

Exit code 1: something is not what the run's manifest and scores say.`;

export function createVerifyCommand(): Command {
  return new Command("verify")
    .description("Hash a run's data and model, write its results and scores once more, and compare.")
    .argument("<run>", "the run's folder")
    .option("--data <folder>", "the data set, if it is not where the run says")
    .addHelpText("after", EXAMPLES)
    .action(runVerify);
}

async function runVerify(folder: string, { data }: { data?: string }): Promise<void> {
  const { confirmed, differences, notes } = await verifyRun(folder, data);
  const lines = [
    ...differences.map((difference) => `different: ${difference}`),
    ...notes.map((note) => `note: ${note}`),
    ...(confirmed.length > 0 ? [`as it should be: ${confirmed.join(", ")}`] : []),
  ];
  process.stdout.write(`${printable(lines.join("\n"))}\n`);
  if (differences.length > 0) process.exitCode = EXIT_DIFFERENT;
}
