import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { EXIT_UNFINISHED } from "../exit-codes.js";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { isHeld } from "../files/lock.js";
import { readShortText } from "../files/text.js";
import { RUN_FILES, readManifest } from "../runs/manifest.js";
import { formatFollowing } from "./following.js";
import { readEnds, readFinishEnd } from "./hand-in.js";
import { listOddShards, listShardFolders } from "./odd-shards.js";
import { describeForeignMerge } from "./own-runs.js";
import { quoteWord } from "./shell-words.js";
import { isLive, listJobs, type SlurmJob } from "./slurm.js";
import {
  type ClusterCommand,
  type ClusterTask,
  type Following,
  idsOf,
  JOB_FILES,
  jobsIn,
  listTasks,
  readSubmission,
  type Submission,
} from "./submission.js";
import { isDone, readProgress, type TaskProgress, tellDamage } from "./task-progress.js";

/** What can be said of a task. */
export const STATES = ["done", "running", "waiting", "failed", "damaged", "stopped", "not begun"] as const;
/** One of {@link STATES}. */
export type State = (typeof STATES)[number];

/** A task, and how far it is. */
export interface TaskState extends ClusterTask, TaskProgress {
  readonly state: State;
  /** What Slurm says of its job, where it knows one that has not ended. */
  readonly job?: SlurmJob | undefined;
  /** What is wrong with its files, where they cannot be read. */
  readonly damage?: string | undefined;
  /** What its last attempt ended with, where that was none of success. */
  readonly exitCode?: number | undefined;
}

/** All of a run or a training, and how far it is. */
export interface SubmissionState {
  readonly tasks: readonly TaskState[];
  /** Jobs that come when all tasks have ended, where Slurm knows them. */
  readonly following: readonly SlurmJob[];
  /** Whether Slurm was asked and answered. */
  readonly asked: boolean;
  /** Whether all is done, and put together. */
  readonly isWhole: boolean;
  /** Commands, for bash, that are still to be done where all tasks are, and no job is known that does them. */
  readonly next: readonly string[];
  /** What lies among the shards and does not belong to them, a sentence each. */
  readonly notes: readonly string[];
  /** Of all tasks that are at work, examples, steps or a study's cells a second; undefined where none is. */
  readonly rate?: number | undefined;
  /** Until all tasks are done, at this rate. */
  readonly secondsLeft?: number | undefined;
}

type Work = Pick<Submission, "command" | "members" | "shards" | "leaves" | "handed"> &
  Partial<Pick<Submission, "finish" | "workingFolder">>;

/**
 * How far the work in a folder is: what was submitted for it, shards that lie in it, or one run.
 * @throws SimvlmError `missing-file`, `runs-below` where there is nothing of that, and what reading runs throws
 */
export async function readState(out: string): Promise<SubmissionState> {
  const submission = await readSubmission(out);
  const work = submission ? locate(submission) : await findWork(out);
  const ids = idsOf(work);
  const jobs = ids.length === 0 ? undefined : await listJobs(ids);
  const ends = await readEnds(out);
  const arrays = new Set(work.handed.flatMap(({ array }) => array ?? []));
  const tasks: TaskState[] = [];
  for (const task of listTasks(work)) {
    const progress = await readTask(work.command, task);
    const job = jobs?.findLast(({ id, task: number }) => arrays.has(id) && number === task.number);
    const known = { ...task, ...progress, job: job && isLive(job) ? job : undefined, exitCode: ends.get(task.number) };
    tasks.push({ ...known, state: await judge(known) });
  }
  const rates = tasks.flatMap(({ state, done, seconds }) =>
    state === "running" && seconds && done > 0 ? [done / seconds] : [],
  );
  const isRunning = tasks.some(({ state }) => state === "running");
  const rate = rates.length > 0 ? sumOf(rates) : isRunning ? await rateOfFiles(work) : undefined;
  // Those that have not begun are taken to be as large as the others.
  const totals = tasks.flatMap(({ total }) => total ?? []);
  const mean = sumOf(totals) / totals.length;
  const left = sumOf(tasks.map(({ done, total = mean, isDone }) => (isDone ? 0 : Math.max(0, total - done))));
  const following = (jobs ?? []).filter((job) => !arrays.has(job.id) && isLive(job));
  const areDone = tasks.every((task) => task.isDone);
  const isWhole = areDone && (await isFollowed(work));
  const hasStopped = submission && following.length === 0 && !tasks.some(isAlive);
  return {
    tasks,
    following,
    asked: jobs !== undefined,
    isWhole,
    next: areDone && !isWhole && following.length === 0 ? await listNext(work) : [],
    notes: [
      ...tasks.flatMap(({ damage }) => damage ?? []),
      ...(hasStopped ? await readFailure(out, isWhole, jobs !== undefined) : []),
      ...(await listNotes(work)),
    ],
    rate,
    secondsLeft: rate === undefined || !Number.isFinite(left) ? undefined : left / rate,
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** Of tasks that leave files one by one, as a study's cells: how many a second have come since they were handed in. */
async function rateOfFiles({ leaves = [], members, handed }: Work): Promise<number | undefined> {
  const since = Date.parse(handed[0]?.at ?? "");
  const paths = members.flatMap(({ out }) => leaves.flat().map((file) => join(out, file)));
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  const times = found.flatMap((file) => (file && file.mtimeMs > since ? [file.mtimeMs] : []));
  return times.length === 0 ? undefined : times.length / ((Math.max(...times) - since) / 1000);
}

const isAlive = ({ state }: TaskState): boolean => state === "running" || state === "waiting";

/** What the finishing job said last, where it has ended badly or left something undone. */
async function readFailure(out: string, isWhole: boolean, asked: boolean): Promise<string[]> {
  const end = await readFinishEnd(out);
  const hasFailed = end !== undefined && end !== 0 && end !== EXIT_UNFINISHED;
  if (!hasFailed && (isWhole || !asked)) return [];
  const path = join(jobsIn(out), JOB_FILES.logs, "finish.log");
  const last = (await readShortText(path).catch(() => undefined))?.trimEnd().split("\n").at(-1);
  const how = hasFailed ? ` with exit code ${end}` : "";
  return last ? [`The finishing job has ended${how}, and said last (${path}): ${last}`] : [];
}

/** Whether what follows the tasks is done, too. */
export async function isFollowed(work: Work): Promise<boolean> {
  return (await listUndone(work)).length === 0;
}

/** Of that which follows the tasks, what has not left what it makes. */
async function listUndone({ command, finish = [], workingFolder = "." }: Work): Promise<Following[]> {
  const undone: Following[] = [];
  for (const following of finish) {
    const { shardsOf, makes } = following;
    const isMerged = shardsOf !== undefined && (await isMergedFrom(command, resolve(workingFolder, shardsOf)));
    if (!isMerged && !(makes !== undefined && existsSync(resolve(workingFolder, makes)))) undone.push(following);
  }
  return undone;
}

async function isMergedFrom(command: ClusterCommand, folder: string): Promise<boolean> {
  return (await isDone(command, { folder })) && (await describeForeignMerge(folder)) === undefined;
}

/** A submission's paths are seen from where it was handed in. */
function locate({ members, ...submission }: Submission): Work {
  const isHere = submission.workingFolder === process.cwd();
  const at = (out: string) => (isHere ? out : resolve(submission.workingFolder, out));
  return { ...submission, members: members.map(({ out, words }) => ({ out: at(out), words })) };
}

/** The commands that are still to be done of those that follow. */
async function listNext(work: Work): Promise<string[]> {
  const { shards, workingFolder = process.cwd() } = work;
  const place = workingFolder === process.cwd() ? [] : [`cd ${quoteWord(workingFolder)}`];
  return [...place, ...(await listUndone(work)).map((following) => formatFollowing(following, shards))];
}

async function listNotes({ command, members, shards }: Work): Promise<string[]> {
  if (command !== "run" || shards === 1) return [];
  const notes = members.flatMap(({ out }) => [
    listOddShards(out, shards),
    describeForeignMerge(out).catch(() => undefined), // those that cannot be read are among the odd ones
  ]);
  return (await Promise.all(notes)).flatMap((each) => each ?? []);
}

type Known = Omit<TaskState, "state">;

/** Of a task that can go on: its own, and those of a program that USR2 or TERM has ended. */
const STOPPED_EXITS: ReadonlySet<number> = new Set([EXIT_UNFINISHED, 140, 143]);

/** How far a task is, also where its files are damaged: the others are to be counted all the same. */
async function readTask(command: ClusterCommand, task: ClusterTask): Promise<TaskProgress & Pick<TaskState, "damage">> {
  try {
    return await readProgress(command, task);
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    return { isDone: false, isEstimate: false, done: 0, failed: 0, damage: tellDamage(error, task) };
  }
}

async function judge({ isDone, damage, job, folder, exitCode, done }: Known): Promise<State> {
  if (damage !== undefined) return "damaged";
  if (isDone) return "done";
  if (job) return job.state === "PENDING" || job.state.startsWith("REQUEUE") ? "waiting" : "running";
  if (await isHeld(folder)) return "running";
  if (exitCode !== undefined) return STOPPED_EXITS.has(exitCode) ? "stopped" : "failed";
  return done > 0 || existsSync(join(folder, RUN_FILES.manifest)) ? "stopped" : "not begun";
}

/** Shards that nobody has submitted here, by Kubernetes or by hand, or one run. */
async function findWork(out: string): Promise<Work> {
  const [first] = (await listShardFolders(out)).filter((name) => /^\d+$/.test(name));
  const { shard } = await readManifest(first === undefined ? out : join(out, JOB_FOLDERS.shards, first));
  const shards = first === undefined ? 1 : (shard?.of ?? 1);
  return {
    command: "run",
    members: [{ out, words: [] }],
    shards,
    finish: shards === 1 ? [] : [{ command: "merge", shardsOf: out, words: ["--out", out] }],
    handed: [],
  };
}
