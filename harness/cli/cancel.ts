import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { cancelSubmission, isIdle } from "../cluster/hand-in.js";
import { isCancelled } from "../cluster/submission.js";
import { print } from "../terminal/streams.js";
import { requireSubmission } from "./submit-resume.js";

const NOTES = `
Example:
  $ simvlm cancel runs/base

The finishing job is cancelled before the tasks, which it would else hand in again. What was predicted is kept: the command
that handed them in goes on from there.`;

/** `simvlm cancel` */
export function createCancelCommand(): CommandUnknownOpts {
  return new Command("cancel")
    .description("Cancel the jobs that were handed in for a run or a training.")
    .argument("<run>", "the folder that was submitted")
    .addHelpText("after", NOTES)
    .action(async (out) => {
      const submission = await requireSubmission(out);
      const isOver = isCancelled(out) && (await isIdle(submission));
      const ids = await cancelSubmission(out, submission);
      await print(
        isOver
          ? `${out}: cancelled before, and no job has been left.`
          : `${out}: cancelled the jobs ${ids.join(", ")}, as far as they had not ended.`,
      );
    });
}
