import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SimvlmError } from "@simvlm/metrics";
import { isSystemError } from "../files/system-error.js";

const run = promisify(execFile);

/** In milliseconds: a controller that is busy answers late. */
const PATIENCE = 120_000;

/** What Slurm says of one job. */
export interface SlurmJob {
  /** Its own id, or that of its array. */
  readonly id: string;
  /** Its number in the array; undefined for a job that is none of an array. */
  readonly task?: number | undefined;
  /** `RUNNING`, `PENDING`, `COMPLETED` … */
  readonly state: string;
  /** Why it waits or ended, as Slurm names it. */
  readonly reason: string;
}

/**
 * Hands in a script, in a folder.
 * @returns the job's id
 * @throws SimvlmError `no-slurm`, `slurm-refused`
 */
export async function handInScript(folder: string, words: readonly string[]): Promise<string> {
  const said = await call("sbatch", ["--parsable", ...words], folder);
  const [, id] = /^(\d+)(?:;.*)?\s*$/.exec(said) ?? []; // `12;cluster` where there are several
  if (id !== undefined) return id;
  throw new SimvlmError("slurm-refused", `sbatch gave no number of a job, but: ${said.trim()}`);
}

/**
 * One after the other: a job that finishes others, and would hand in again what is missing when they end, goes before them.
 * @param ids the last that was handed in first
 * @throws SimvlmError `no-slurm`, `slurm-refused`
 */
export async function cancelJobs(ids: readonly string[]): Promise<void> {
  for (const id of ids) await call("scancel", [id]);
}

/**
 * The jobs that Slurm still knows; those that ended are forgotten after some minutes.
 * @returns undefined where there is no Slurm, or it does not answer
 */
export async function listJobs(ids: readonly string[]): Promise<SlurmJob[] | undefined> {
  const found: SlurmJob[] = [];
  for (const id of ids) {
    try {
      found.push(...parseJobs(await call("squeue", ["-h", "-r", "-t", "all", "-j", id, "-o", "%F|%K|%T|%r"])));
    } catch (error) {
      if (error instanceof SimvlmError && /invalid job id/i.test(error.message)) continue;
      return undefined;
    }
  }
  return found;
}

/** How many tasks an array may have, numbered from 1, which the cluster's admins say; undefined where there is no Slurm, or it does not answer. */
export async function readLargestArray(): Promise<number | undefined> {
  const said = await call("scontrol", ["show", "config"]).catch(() => "");
  const [, size] = /^MaxArraySize\s*=\s*(\d+)\s*$/m.exec(said) ?? [];
  return size === undefined ? undefined : Number(size) - 1; // it is the first number that none may have
}

/** What squeue writes for the format `%F|%K|%T|%r`. */
export function parseJobs(text: string): SlurmJob[] {
  return text.split("\n").flatMap((row) => {
    const [, id, task, state, reason] = /^(\d+)\|([^|]*)\|(\w+)\|(.*)$/.exec(row.trim()) ?? [];
    if (id === undefined) return [];
    return [{ id, task: /^\d+$/.test(task!) ? Number(task) : undefined, state: state!, reason: reason! }];
  });
}

/** States in which a job is still to run, or runs. */
const LIVE =
  /^(?:PENDING|RUNNING|SUSPENDED|COMPLETING|CONFIGURING|RESIZING|REQUEUED|REQUEUE_FED|REQUEUE_HOLD|SIGNALING|STAGE_OUT|STOPPED|SPECIAL_EXIT|RESV_DEL_HOLD)$/;

/** Whether a job has not come to its end. */
export const isLive = ({ state }: SlurmJob): boolean => LIVE.test(state);

async function call(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await run(program, [...args], { cwd, env: withoutJob(process.env), timeout: PATIENCE });
    return stdout;
  } catch (cause) {
    if (isSystemError(cause) && cause.code === "ENOENT") {
      const message = `There is no program ${program} here. Give the command where jobs are handed in.`;
      throw new SimvlmError("no-slurm", message, { cause });
    }
    const { stderr, message } = cause as Error & { readonly stderr?: string };
    throw new SimvlmError("slurm-refused", `${program}: ${stderr?.trim() || message}`, { cause });
  }
}

/** What a job knows of itself is none of what it hands in. */
function withoutJob(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(environment).filter((name) => !/^(?:SLURM|SBATCH)_/.test(name) || KEPT.has(name));
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** What says where Slurm is, and who asks. */
const KEPT: ReadonlySet<string> = new Set([
  "SLURM_CONF",
  "SLURM_CLUSTERS",
  "SBATCH_ACCOUNT",
  "SBATCH_PARTITION",
  "SBATCH_QOS",
]);
