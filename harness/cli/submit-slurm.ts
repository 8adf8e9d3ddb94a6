import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { handInFinish, handInTasks, listUnfinished, requireIdle } from "../cluster/hand-in.js";
import { listShardFolders } from "../cluster/odd-shards.js";
import { requireShell } from "../cluster/shell-check.js";
import { comment, formatRanges, quoteWord } from "../cluster/shell-words.js";
import { readLargestArray } from "../cluster/slurm.js";
import { formatArrayScript, formatFinishScript } from "../cluster/slurm-scripts.js";
import {
  JOB_FILES,
  jobsIn,
  listTasks,
  makeJobsFolder,
  readSubmission,
  requireSameSubmission,
  type Submission,
  writeSubmission,
} from "../cluster/submission.js";
import { isFollowed } from "../cluster/submission-state.js";
import { writeFilesAtomic } from "../files/atomic.js";
import { RUN_FILES } from "../runs/manifest.js";
import { print, tell } from "../terminal/streams.js";
import { type InnerCommand, readInnerCommand } from "./inner-command.js";
import { LIMITS, type OptionsOf, parsePositiveInteger, upTo, withOptions } from "./options.js";
import { requireLaterPage } from "./output.js";
import { planJobs } from "./plan-jobs.js";
import { rehearse } from "./rehearse.js";
import type { RunOptions } from "./run.js";
import { slurmOptions, toResources } from "./slurm-options.js";
import { parseSweep } from "./sweep-option.js";

/** This program, as every machine of the cluster must find it. */
const PROGRAM = join(dirname(createRequire(import.meta.url).resolve("simvlm/package.json")), "bin", "simvlm.js");

const NOTES = `
Examples:
  $ simvlm submit slurm --shards 8 --time 1:00:00 -- run --task caption --data coco --checkpoint base --out runs/base
  $ simvlm submit slurm --shards 100 --at-most 20 --gpus 1 --report base.html -- run --task vqa --data vqa \\
      --checkpoint base --provider cuda --out runs/base --ci
  $ simvlm submit slurm --array seed=1..5,learning-rate=1e-3,3e-4 -- pretrain --pairs-from laion --steps 9000 --out runs/sweep
  $ simvlm submit slurm --time 4:00:00 -- ablate recipe.json --data study-data --out study
  $ simvlm submit slurm --shards 16 --cpus 4 --mem 12G -- score --task caption --references captions.json \\
      --predictions results.json --metrics cider,spice --judgements judged --json scores.json
  $ simvlm submit slurm --dry-run --shards 8 -- run --task caption --data coco --checkpoint base --out runs/base

What is behind -- is a command as it would be given here: run, pretrain, finetune, label-curve, ablate, or score with SPICE.
Its --out (of score, --judgements) must be in a folder that all machines share. OUT/jobs holds the scripts, the logs of tasks
by their numbers, and the ids of the jobs; shards are runs in OUT/shards, and the finishing job merges them into OUT. What
options say of the scores is for the merged run.

A task that is told of a time limit, or pre-empted, finishes its batch and goes on in the same job; what is missing when
all have ended is handed in again. The same command goes on with what was stopped or failed.`;

/** shellcheck takes what `--dry-run` prints for one script, of which nothing below the first one's end is reached. */
const AS_ONE = "# shellcheck disable=SC2317 # two scripts, one below the other";

/** `simvlm submit slurm` */
export function defineSubmitSlurm(): CommandUnknownOpts {
  return defineCommand().action(submit);
}

function defineCommand() {
  const command = new Command("slurm")
    .description("Hand in a command as an array of jobs, and a job that puts the results together.")
    .argument("[command...]", "behind --: the command and its options")
    .option(
      "--shards <n>",
      "divide a run into so many parts (default: 1), a study (default: one for each cell), or what SPICE judges",
      upTo(LIMITS.shards, parsePositiveInteger),
    )
    .option("--array <options>", "do it with each of these values: seed=1..5,learning-rate=1e-3,3e-4", parseSweep)
    .option("--matrix <options>", "the same, for runs: checkpoint=base,large,data=coco,flickr", parseSweep)
    .option("--report <file>", "write a report on the runs at the end")
    .option("--dry-run", "print the scripts, to be read, and hand in nothing", false);
  return withOptions(command, slurmOptions).addHelpText("after", NOTES);
}

async function submit(words: string[], options: OptionsOf<typeof defineCommand>): Promise<void> {
  const { shards, array = [], matrix = [], report, dryRun, resubmissions } = options;
  const resources = { ...toResources(options), program: [process.execPath, PROGRAM] };
  await requireShell(resources.setup);
  if (report !== undefined) await requireLaterPage("--report", report, report);
  const { out, ...plan } = await planJobs(words, {
    shards,
    sweep: [...array, ...matrix],
    report,
    check: once(rehearse),
  });
  const limit = options.atMost === undefined ? "" : `%${options.atMost}`;
  const before = await readSubmission(out);
  const submission: Submission = {
    ...{ format: 1, ...plan, limit },
    ...{ workingFolder: process.cwd(), resubmissions, handed: before?.handed ?? [] },
  };
  if (before && before.handed.length > 0) requireSameSubmission(out, before, submission);
  await requireSameMembers(submission);
  const scripts = {
    [JOB_FILES.array]: formatArrayScript(out, submission, resources),
    [JOB_FILES.finish]: formatFinishScript(out, submission, resources),
  };
  const excess = describeExcess(listTasks(submission).length, await readLargestArray());
  if (dryRun) {
    if (excess !== undefined) tell(`simvlm: note: ${excess}`);
    const named = Object.entries(scripts).map(([name, text]) => {
      return text.replace("\n", () => `\n# ${comment(join(jobsIn(out), name))}:\n`); // below what a script has to begin with
    });
    await print(named.join("\n").replace("\n", `\n${AS_ONE}\n`));
    return;
  }
  if (excess !== undefined) throw new SimvlmError("too-many-tasks", excess);
  if (before) await requireIdle(out, before);
  const missing = await listUnfinished(submission);
  if (missing.length === 0 && (await isFollowed(submission))) {
    tell(`simvlm: all of ${out} is there: nothing is handed in`);
    return;
  }
  await makeJobsFolder(out);
  await writeFilesAtomic(Object.entries(scripts).map(([name, text]) => [join(jobsIn(out), name), text]));
  await writeSubmission(out, submission);
  if (missing.length === 0) {
    await print(`${out}: all tasks are done; job ${await handInFinish(out, submission)} does what follows them.`);
    return;
  }
  const handed = await handInTasks(out, submission, missing, false);
  const numbers = formatRanges(missing.map(({ number }) => number));
  await print(
    `${out}: job ${handed.array} (tasks ${numbers}), then job ${handed.finish}. simvlm status ${quoteWord(out)} says how far they are.`,
  );
}

/** @throws SimvlmError `other-run` where other runs stand in the folders of what is handed in */
async function requireSameMembers({ command, members, words, shards }: Submission): Promise<void> {
  if (command !== "run") return;
  const { requireSameRuns } = await import("./rehearse-run.js");
  for (const { out, words: own } of members) {
    const hasRuns = existsSync(join(out, RUN_FILES.manifest)) || (await listShardFolders(out)).length > 0;
    if (!hasRuns) continue;
    const inner = await readInnerCommand([command, ...words, ...own, "--out", out], [command]);
    await requireSameRuns(inner.options as RunOptions, shards);
  }
}

/** Of command lines that differ in their seeds alone only the first is looked at. */
function once(check: (inner: InnerCommand) => Promise<void>): (inner: InnerCommand) => Promise<void> {
  const seen = new Set<string>();
  return async (inner) => {
    const key = JSON.stringify(inner.parts.filter(({ option }) => option !== "seed").map(({ words }) => words));
    if (seen.has(key)) return;
    seen.add(key);
    await check(inner);
  };
}

/** What is to be said of more tasks than an array of this cluster may have. */
function describeExcess(tasks: number, most = tasks): string | undefined {
  if (tasks <= most) return undefined;
  return (
    `These are ${tasks} tasks, and an array of this cluster may have ${most} (its MaxArraySize is ${most + 1}). ` +
    "Ask for fewer --shards, or give --array or --matrix a part of the values at a time."
  );
}
