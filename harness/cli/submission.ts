import { stat } from "node:fs/promises";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { createSubmission, placeSubmission } from "../runs/submission.js";
import { TEST_SERVERS } from "../runs/test-servers.js";
import { tell } from "../terminal/streams.js";
import { checkOutputs, isStandardOutput, printBeside, requireOutside, writeOutputs } from "./output.js";

const NOTES = `
Examples:
  $ simvlm submission runs/mine --out nocaps_test_mine_results.json
  $ simvlm submission runs/mine --server coco --out submissions/

Test servers:
${TEST_SERVERS.map(({ name, task, form }) => `  ${name.padEnd(16)}--task ${task.padEnd(9)}${form}`).join("\n")}

Every example of the split must have its prediction, once: a run that was stopped, limited or sharded, or of which examples
failed, is refused. The server's answers cannot be had here; simvlm score scores splits whose answers are public.`;

/** `simvlm submission` */
export function createSubmissionCommand(): CommandUnknownOpts {
  return new Command("submission")
    .description("Write a run's predictions as the results file that a test server takes, checked.")
    .argument("<run>", "the run's folder")
    .requiredOption("--out <file>", "the file, or a folder in which it gets the name that the server wants")
    .option("--server <name>", `the test server (default: as the run's data are named): ${listServers()}`)
    .option("--data <folder>", "the data set, if it is not where the run says")
    .addHelpText("after", NOTES)
    .action((run, { out, server, data }) => writeSubmission(run, out, { server, data }));
}

function listServers(): string {
  return TEST_SERVERS.map(({ name }) => name).join(", ");
}

async function writeSubmission(
  run: string,
  out: string,
  options: { server: string | undefined; data: string | undefined },
): Promise<void> {
  const submission = await createSubmission(run, options);
  const path = isStandardOutput(out) ? out : placeSubmission(submission, out, await isFolder(out));
  await requireOutside(path, [run]);
  await checkOutputs([path]);
  await writeOutputs([[path, submission.content]]);
  for (const note of submission.notes) tell(`simvlm: note: ${note}`);
  await printBeside([path], () => `${path}: ${submission.count} predictions for ${submission.server.title}`);
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
