import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { EXIT_BAD_INPUT } from "../exit-codes.js";
import { writeFileAtomic } from "../files/atomic.js";
import { readShortText } from "../files/text.js";
import { formatRanges } from "./shell-words.js";
import { cancelJobs, handInScript, isLive, listJobs } from "./slurm.js";
import {
  type ClusterTask,
  type Handed,
  idsOf,
  isCancelled,
  JOB_FILES,
  jobsIn,
  listTasks,
  readSubmission,
  type Submission,
  writeSubmission,
} from "./submission.js";
import { isDone, readProgress, tellDamage } from "./task-progress.js";

/**
 * Hands in an array of the tasks, and the job that follows it; the ids are kept.
 * @param again whether it is the finishing job that does so
 * @throws SimvlmError `no-slurm`, `slurm-refused`, `cannot-write`
 */
export async function handInTasks(
  out: string,
  submission: Submission,
  tasks: readonly ClusterTask[],
  again: boolean,
): Promise<Handed & { readonly array: string }> {
  const folder = jobsIn(out);
  if (!again) await rm(join(folder, JOB_FILES.cancelled), { force: true });
  await rm(join(folder, JOB_FILES.ended, JOB_FILES.finishEnd), { force: true });
  const numbers = tasks.map(({ number }) => number);
  for (const number of numbers) await rm(join(folder, JOB_FILES.ended, `${number}`), { force: true });
  const array = await handInScript(folder, [`--array=${formatRanges(numbers)}${submission.limit}`, JOB_FILES.array]);
  const handed = { array, tasks: numbers, at: new Date().toISOString(), again };
  await writeSubmission(out, { ...submission, handed: [...submission.handed, handed] });
  // At once: a job that waits for one that Slurm has forgotten would begin immediately, which is right then.
  const finish = await handInScript(folder, [`--dependency=afterany:${array}`, JOB_FILES.finish]);
  const both = { ...handed, finish };
  await writeSubmission(out, { ...submission, handed: [...submission.handed, both] });
  return both;
}

/**
 * Hands in what follows the tasks, all of which are done.
 * @returns the job's id
 * @throws SimvlmError `no-slurm`, `slurm-refused`, `cannot-write`
 */
export async function handInFinish(out: string, submission: Submission): Promise<string> {
  const folder = jobsIn(out);
  await rm(join(folder, JOB_FILES.cancelled), { force: true });
  await rm(join(folder, JOB_FILES.ended, JOB_FILES.finishEnd), { force: true });
  return (await handInFollowing(out, submission, [], false)).finish;
}

/** @param options of sbatch */
async function handInFollowing(
  out: string,
  submission: Submission,
  options: readonly string[],
  again: boolean,
): Promise<Handed & { readonly finish: string }> {
  const finish = await handInScript(jobsIn(out), [...options, JOB_FILES.finish]);
  const handed = { finish, tasks: [], at: new Date().toISOString(), again };
  await writeSubmission(out, { ...submission, handed: [...submission.handed, handed] });
  return handed;
}

/** The tasks of a submission that are not done, in order. */
export async function listMissing({ command, ...submission }: Submission): Promise<ClusterTask[]> {
  const missing: ClusterTask[] = [];
  for (const task of listTasks(submission)) if (!(await isDone(command, task))) missing.push(task);
  return missing;
}

/** The tasks that somebody who hands in a submission another time wants done: those of which examples failed, too. */
export async function listUnfinished(submission: Submission): Promise<ClusterTask[]> {
  const unfinished: ClusterTask[] = [];
  for (const task of listTasks(submission)) {
    const { isDone, failed } = await readProgress(submission.command, task).catch((error: unknown) => {
      if (!(error instanceof SimvlmError)) throw error;
      throw new SimvlmError(error.code, tellDamage(error, task), { cause: error });
    });
    if (!isDone || failed > 0) unfinished.push(task);
  }
  return unfinished;
}

/** The exit codes of tasks that ended badly, by their numbers. */
export async function readEnds(out: string): Promise<ReadonlyMap<number, number>> {
  const folder = join(jobsIn(out), JOB_FILES.ended);
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const ends = new Map<number, number>();
  for (const name of names) ends.set(Number(name), Number((await readShortText(join(folder, name)))?.trim()));
  return ends;
}

/** The exit code of the last finishing job; undefined where none has ended. */
export async function readFinishEnd(out: string): Promise<number | undefined> {
  const path = join(jobsIn(out), JOB_FILES.ended, JOB_FILES.finishEnd);
  const code = (await readShortText(path).catch(() => undefined))?.trim();
  return code && /^\d+$/.test(code) ? Number(code) : undefined;
}

/** What became of the tasks once all jobs of an array had ended. */
export type Resumption =
  | { readonly kind: "done" }
  | { readonly kind: "again"; readonly tasks: readonly ClusterTask[]; readonly array: string; readonly time: number }
  | { readonly kind: "waiting"; readonly tasks: readonly ClusterTask[]; readonly finish: string }
  | { readonly kind: "given-up"; readonly tasks: readonly ClusterTask[]; readonly why: string };

/**
 * Hands in again what is missing, as often as the submission says; what was refused as bad input would be refused again.
 * While tasks are still to run only the job that follows is handed in again.
 * @throws SimvlmError what {@link handInTasks} throws
 */
export async function resume(out: string, submission: Submission): Promise<Resumption> {
  const missing = await listMissing(submission);
  if (missing.length === 0) return { kind: "done" };
  if (isCancelled(out)) return { kind: "given-up", tasks: missing, why: CANCELLED };
  const waiting = await waitForLive(out, submission, missing);
  if (waiting) return waiting;
  const ends = await readEnds(out);
  const refused = missing.filter(({ number }) => ends.get(number) === EXIT_BAD_INPUT);
  if (refused.length > 0) return { kind: "given-up", tasks: refused, why: "were refused: their logs say why" };
  const time = countAgain(submission.handed) + 1;
  if (time > submission.resubmissions) {
    return { kind: "given-up", tasks: missing, why: `are missing after ${submission.resubmissions} further attempts` };
  }
  const handed = await handInTasks(out, submission, missing, true);
  return (await cancelIfAsked(out, handed, missing)) ?? { kind: "again", tasks: missing, array: handed.array, time };
}

/** Whoever begins the finishing job, or does its work, before its time would have tasks done twice. */
async function waitForLive(
  out: string,
  submission: Submission,
  missing: readonly ClusterTask[],
): Promise<Resumption | undefined> {
  const array = submission.handed.findLast((each) => each.array !== undefined)?.array;
  if (array === undefined) return undefined;
  const numbers = new Set((await listJobs([array]))?.filter(isLive).map(({ task }) => task));
  const live = missing.filter(({ number }) => numbers.has(number));
  if (live.length === 0) return undefined;
  const options = [`--dependency=afterany:${array}`, `--begin=now+${PAUSE}seconds`];
  const handed = await handInFollowing(out, submission, options, true);
  return (await cancelIfAsked(out, handed, missing)) ?? { kind: "waiting", tasks: live, finish: handed.finish };
}
/** Lest it comes again and again, should Slurm take the array for ended. */
const PAUSE = 30;

/** For somebody who has cancelled in between, and may not have seen these jobs. */
async function cancelIfAsked(
  out: string,
  handed: Handed,
  tasks: readonly ClusterTask[],
): Promise<Resumption | undefined> {
  if (!isCancelled(out)) return undefined;
  await cancelJobs(idsOf({ handed: [handed] }));
  return { kind: "given-up", tasks, why: CANCELLED };
}

const CANCELLED = "were cancelled";

/**
 * Cancels all jobs of a submission, and says so to a finishing job that is about to hand in again.
 * @returns their ids
 * @throws SimvlmError `no-slurm`, `slurm-refused`, `cannot-write`
 */
export async function cancelSubmission(out: string, submission: Submission): Promise<string[]> {
  await writeFileAtomic(join(jobsIn(out), JOB_FILES.cancelled), "");
  const cancelled = new Set<string>();
  for (let now: Submission | undefined = submission; now; now = await readSubmission(out)) {
    const ids = idsOf(now).filter((id) => !cancelled.has(id));
    if (ids.length === 0) break;
    await cancelJobs(ids);
    for (const id of ids) cancelled.add(id);
  }
  return [...cancelled];
}

/** How often the finishing job has handed in what was missing, since somebody did. */
function countAgain(handed: readonly Handed[]): number {
  const since = handed.slice(handed.findLastIndex(({ again }) => !again) + 1);
  return since.filter(({ array }) => array !== undefined).length;
}

/** Whether Slurm says that no job of a submission is left. */
export async function isIdle(submission: Submission): Promise<boolean> {
  return (await listJobs(idsOf(submission)))?.some(isLive) === false;
}

/** @throws SimvlmError `already-submitted` where jobs of a submission have not ended */
export async function requireIdle(out: string, submission: Submission): Promise<void> {
  const live = [...new Set((await listJobs(idsOf(submission)))?.filter(isLive).map(({ id }) => id))];
  if (live.length === 0) return;
  throw new SimvlmError(
    "already-submitted",
    `${out} is being worked on by the jobs ${live.join(", ")}. Wait for them, or cancel them first.`,
  );
}
