import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { readJson } from "../files/json.js";

/** The files of a folder of jobs. */
export const JOB_FILES = {
  submission: "submission.json",
  array: "array.sh",
  finish: "finish.sh",
  /** A log for each task, by its number, and one of the finishing job. */
  logs: "logs",
  /** The exit codes of tasks that ended with another than 0, by their numbers. */
  ended: "ended",
  /** Among them, that of the finishing job, whatever it is. */
  finishEnd: "finish",
  /** There once somebody has cancelled all jobs, until somebody hands in again. */
  cancelled: "cancelled",
} as const;

/** The commands that can be handed in. */
export const COMMANDS = ["run", "pretrain", "finetune", "label-curve", "ablate", "score"] as const;
/** One of {@link COMMANDS}. */
export type ClusterCommand = (typeof COMMANDS)[number];

/** The option of a command that names the folder of its work. */
export const folderOptionOf = (command: ClusterCommand): string => (command === "score" ? "judgements" : "out");

const Some = z.int().positive().max(1_000_000);
const Words = z.array(z.string());

const Handed = z.object({
  /** The id of the array's job; absent where only what follows the tasks was handed in. */
  array: z.string().optional(),
  /** The id of the job that comes after it; absent where it could not be handed in. */
  finish: z.string().optional(),
  /** Which tasks, from 1. */
  tasks: z.array(Some),
  /** When, as ISO 8601. */
  at: z.string(),
  /** Whether it was the finishing job that handed in again what was missing. */
  again: z.boolean(),
});
/** Jobs that were handed in together. */
export type Handed = z.output<typeof Handed>;

const Following = z.object({
  command: z.string(),
  /** The member the folders of whose shards stand behind the command's name. */
  shardsOf: z.string().optional(),
  words: Words,
  /** The file that is there when it is done, seen from the working folder; absent where that is told by what it follows. */
  makes: z.string().optional(),
});
/** A command that follows when all is there. */
export type Following = z.output<typeof Following>;

const SubmissionSchema = z
  .object({
    format: z.literal(1),
    command: z.enum(COMMANDS),
    /** What all tasks have in common, without the command's name and the folder. */
    words: Words,
    /** What is done with other options each, and the folder of each; the first words of a task. */
    members: z.array(z.object({ out: z.string(), words: Words })).min(1),
    /** The number of shards of each member; 1 for none. */
    shards: Some,
    /**
     * Where all shards of a member work in its folder: the files in it that each leaves when it is done. Absent where each
     * is a run in a folder of its own.
     */
    leaves: z.array(Words).optional(),
    finish: z.array(Following),
    /** Where the paths of all these are meant to be seen from. */
    workingFolder: z.string(),
    /** How often what is missing is handed in again. */
    resubmissions: z.int().nonnegative(),
    /** How many tasks may run at the same time, as sbatch is told behind the numbers: `%4`, or nothing. */
    limit: z.string().regex(/^(?:%\d+)?$/),
    handed: z.array(Handed),
  })
  .describe("the submission.json of a folder of jobs");
/** What was handed in to a cluster, or is to be: `members.length * shards` tasks, numbered from 1. */
export type Submission = z.output<typeof SubmissionSchema>;

/** One job of an array. */
export interface ClusterTask {
  /** From 1. */
  readonly number: number;
  /** Its run or training; of shards that work in one folder, that. */
  readonly folder: string;
  /** The files in the folder that it leaves when it is done; undefined where the folder is its own, and tells by itself. */
  readonly leaves?: readonly string[] | undefined;
}

/** The tasks of a submission, shard by shard of member by member. */
export function listTasks({
  members,
  shards,
  leaves,
}: Pick<Submission, "members" | "shards" | "leaves">): ClusterTask[] {
  return members
    .flatMap(({ out }) => {
      if (leaves) return leaves.map((files) => ({ folder: out, leaves: files }));
      if (shards === 1) return [{ folder: out }];
      return Array.from({ length: shards }, (_, i) => ({ folder: join(out, JOB_FOLDERS.shards, `${i + 1}`) }));
    })
    .map((task, i) => ({ number: i + 1, ...task }));
}

/** The folder of jobs in the folder of a run or a training. */
export const jobsIn = (out: string): string => join(out, JOB_FOLDERS.jobs);

/** What was handed in for a folder; undefined where nothing was. */
export async function readSubmission(out: string): Promise<Submission | undefined> {
  const path = join(jobsIn(out), JOB_FILES.submission);
  return existsSync(path) ? readJson(path, SubmissionSchema) : undefined;
}

/** The ids of all jobs of a submission: those that follow before those that they wait for. */
export function idsOf({ handed }: Pick<Submission, "handed">): string[] {
  return [...handed.flatMap(({ finish }) => finish ?? []), ...handed.flatMap(({ array }) => array ?? [])];
}

/** Keeps what was handed in. */
export async function writeSubmission(out: string, submission: Submission): Promise<void> {
  const text = `${JSON.stringify(SubmissionSchema.parse(submission), null, 1)}\n`;
  await writeFileAtomic(join(jobsIn(out), JOB_FILES.submission), text);
}

/** Whether somebody has cancelled all jobs. */
export const isCancelled = (out: string): boolean => existsSync(join(jobsIn(out), JOB_FILES.cancelled));

/** The folder of jobs, with the folders in it. */
export async function makeJobsFolder(out: string): Promise<void> {
  for (const name of [JOB_FILES.logs, JOB_FILES.ended]) await makeFolder(join(jobsIn(out), name));
}

/** What is computed depends on these, however the paths of folders are spelt; each is named as one gives it. */
function describeOptions({ command, words, members, leaves = [], workingFolder }: Submission): string[] {
  const each = members.map((member) => [...joinOptions(member.words), `in ${resolve(workingFolder, member.out)}`]);
  return [
    ...[`the command ${command}`, ...joinOptions(words), ...each.map((options) => options.join(" "))],
    ...[...leaves.map((files) => `the task of ${files.join(", ")}`), `given in ${workingFolder}`],
  ];
}

/** `["--limit", "5", "--ci"]` as `--limit 5` and `--ci`. */
function joinOptions(words: readonly string[]): string[] {
  const options: string[] = [];
  for (const word of words) {
    if (/^--?[a-z]/i.test(word) || options.length === 0) options.push(word);
    else options.push(`${options.pop()} ${word}`);
  }
  return options;
}

/** @throws SimvlmError `other-submission` where something else was handed in for a folder */
export function requireSameSubmission(out: string, before: Submission, now: Submission): void {
  if (before.shards !== now.shards) {
    throw new SimvlmError(
      "other-submission",
      `${out} was begun in ${before.shards} shards, and cannot go on in ${now.shards}: what each of them has to do ` +
        `follows from their number. Ask for ${before.shards} again, or choose another folder.`,
    );
  }
  const [then, today] = [describeOptions(before), describeOptions(now)];
  const [old, fresh] = [then.filter((each) => !today.includes(each)), today.filter((each) => !then.includes(each))];
  if (old.length + fresh.length === 0) return;
  const tell = (options: readonly string[]) => (options.length === 0 ? "nothing of that" : options.join(", "));
  throw new SimvlmError(
    "other-submission",
    `${out} was begun with other options (then ${tell(old)}; now ${tell(fresh)}). ` +
      "Give those that it was begun with, or choose another folder.",
  );
}
