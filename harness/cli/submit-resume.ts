import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { resume } from "../cluster/hand-in.js";
import { formatRanges } from "../cluster/shell-words.js";
import { JOB_FILES, readSubmission, type Submission } from "../cluster/submission.js";
import { EXIT_UNFINISHED } from "../exit-codes.js";
import { tell } from "../terminal/streams.js";

const EXIT_GIVEN_UP = 1;

const NOTES = `
Example:
  $ simvlm submit resume runs/base

The finishing job does this before it merges shards. Exit code 0: all tasks are done. 75: what is missing was handed in
again or is still to run, and another finishing job after it. 1: tasks were refused, or are missing after as many attempts as were allowed.`;

/** `simvlm submit resume` */
export function defineSubmitResume(): CommandUnknownOpts {
  return new Command("resume")
    .description("Hand in again what is missing once all jobs of a submission have ended.")
    .argument("<run>", "the folder that was submitted")
    .addHelpText("after", NOTES)
    .action(async (out) => {
      const submission = await requireSubmission(out);
      const came = await resume(out, submission);
      if (came.kind === "done") return;
      const numbers = formatRanges(came.tasks.map(({ number }) => number));
      const which = `simvlm: ${came.tasks.length === 1 ? "task" : "tasks"} ${numbers} of ${out}`;
      if (came.kind === "given-up") {
        tell(`${which} ${came.why} (${out}/jobs/${JOB_FILES.logs})`);
        process.exitCode = EXIT_GIVEN_UP;
        return;
      }
      if (came.kind === "waiting")
        tell(`${which} ${came.tasks.length === 1 ? "is" : "are"} still to run: job ${came.finish} waits`);
      else tell(`${which}: handed in again as job ${came.array}, time ${came.time} of ${submission.resubmissions}`);
      process.exitCode = EXIT_UNFINISHED;
    });
}

/** @throws SimvlmError `not-submitted` */
export async function requireSubmission(out: string): Promise<Submission> {
  const submission = await readSubmission(out);
  if (submission) return submission;
  throw new SimvlmError("not-submitted", `Nothing was submitted for ${out}. Check the path.`);
}
