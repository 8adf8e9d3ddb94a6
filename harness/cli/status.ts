import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { readState, STATES, type SubmissionState } from "../cluster/submission-state.js";
import { formatJson } from "../terminal/json.js";
import { formatState } from "../terminal/state-table.js";
import { print, printData } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";

const NOTES = `
Examples:
  $ simvlm status runs/base
  $ simvlm status runs/base --json

Counts are those of the shards' own files. Where squeue is, the jobs' states and why they wait are told, too. Of shards
that are at work the size is about the run's by their number.`;

/** `simvlm status` */
export function createStatusCommand(): CommandUnknownOpts {
  return new Command("status")
    .description("Say what of a run or a training is done, running, waiting and missing.")
    .argument("<run>", "the folder that was submitted, or one with shards, or a run")
    .option(
      "--json",
      'print {"run", "whole", "counts", "done", "failed", "rate", "secondsLeft", "tasks", "following", "next", "notes"}',
      false,
    )
    .addHelpText("after", NOTES)
    .action(async (out, { json }) => {
      const state = await readState(out);
      if (json) await printData(`${formatJson(toJson(out, state), 2)}\n`);
      else await print(formatState(out, state, outputWidth()));
    });
}

function toJson(run: string, { tasks, following, next, notes, isWhole, asked, rate, secondsLeft }: SubmissionState) {
  const count = (state: string) => tasks.filter((task) => task.state === state).length;
  return {
    run,
    whole: isWhole,
    asked,
    counts: Object.fromEntries(STATES.map((state) => [state, count(state)])),
    done: tasks.reduce((sum, { done }) => sum + done, 0),
    failed: tasks.reduce((sum, { failed }) => sum + failed, 0),
    rate: rate ?? null,
    secondsLeft: secondsLeft ?? null,
    tasks: tasks.map(({ number, folder, state, done, total, failed, job, exitCode }) => {
      return {
        task: number,
        folder,
        state,
        done,
        total: total ?? null,
        failed,
        job: job ?? null,
        exitCode: exitCode ?? null,
      };
    }),
    following,
    next,
    notes,
  };
}
