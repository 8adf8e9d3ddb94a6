import { resolve } from "node:path";
import { VERSION } from "@simvlm/metrics";
import { EXIT_UNFINISHED } from "../exit-codes.js";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { formatFollowing } from "./following.js";
import { comment, quoteWord, quoteWords } from "./shell-words.js";
import { folderOptionOf, JOB_FILES, jobsIn, listTasks, type Submission } from "./submission.js";

/** What the jobs are given. */
export interface SlurmResources {
  /** Of `#SBATCH`, such as `time=1:00:00`, in the script of the tasks only. */
  readonly tasks: readonly string[];
  /** The same for all jobs. */
  readonly all: readonly string[];
  /** How many seconds before a time limit a task is told of it. */
  readonly notice: number;
  /** How often a task may go on in the same job. */
  readonly restarts: number;
  /** Lines of the shell that come before the program: `module load nodejs`. */
  readonly setup: readonly string[];
  /** The words that start simvlm. */
  readonly program: readonly string[];
}

/** The script of the tasks, which sbatch is given in the folder of jobs. */
export function formatArrayScript(out: string, submission: Submission, resources: SlurmResources): string {
  const { command, words, workingFolder, limit } = submission;
  const { setup, program, notice, restarts, tasks, all } = resources;
  const number = listTasks(submission).length;
  return `#!/usr/bin/env bash
# ${comment(`${describe(submission)} in ${out}`)}, written by simvlm ${VERSION}.
# A task that is told of a time limit finishes its batch and goes on in the same job; so does one that was pre-empted.
#SBATCH --job-name=simvlm-${command}
#SBATCH --array=1-${number}${limit}
#SBATCH --output=${slurmLog(out, "%a")}
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:USR2@${notice}
${[...all, ...tasks].map((option) => `#SBATCH --${option}\n`).join("")}set -u

task=$SLURM_ARRAY_TASK_ID
job=\${SLURM_ARRAY_JOB_ID}_$task # the id of the last task's own job is that of the whole array
${ownLog(out, "$task")}ended=${quoteWord(resolve(jobsIn(out), JOB_FILES.ended))}/$task
rm -f -- "$ended"
cd -- ${quoteWord(workingFolder)} || exit 1

${chooseWords(submission)}

# Programs that look at these would take themselves for one of several ranks.
unset SLURM_PROCID SLURM_LOCALID SLURM_NTASKS SLURM_NPROCS
${setup.map((line) => `${line}\n`).join("")}
stopping=
child=
trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' USR2 TERM
${quoteWords([...program, command, ...words])} "\${words[@]}" &
child=$!
[ -z "$stopping" ] || kill -TERM "$child" 2>/dev/null
wait "$child"
while kill -0 "$child" 2>/dev/null; do wait "$child"; done # a signal ends a wait
wait "$child"
code=$?

case $code in
  0) exit 0 ;;
  ${EXIT_UNFINISHED} | 140 | 143) # stopped where it can go on: in this job, unless Slurm is ending it
    if [ "\${SLURM_RESTART_COUNT:-0}" -ge ${restarts} ]; then
      echo "simvlm: task $task has been started again ${restarts} times, and is left to the finishing job" >&2
    elif [ "$(squeue -h -j "$job" -o %T 2>/dev/null)" = RUNNING ]; then
      trap - USR2 TERM # Slurm ends this script before it starts it again
      scontrol requeue "$job" && exec sleep 300
    fi
    ;;
esac
echo "$code" >"$ended"
exit "$code"
`;
}

/** The script of the job that follows: it hands in again what is missing, or puts everything together. */
export function formatFinishScript(out: string, submission: Submission, resources: SlurmResources): string {
  const { all, setup, program } = resources;
  const { workingFolder, command } = submission;
  return `#!/usr/bin/env bash
# ${comment(`What follows ${describe(submission)} in ${out}`)}, written by simvlm ${VERSION}.
#SBATCH --job-name=simvlm-${command}-finish
#SBATCH --output=${slurmLog(out, "finish")}
#SBATCH --open-mode=append
#SBATCH --requeue
${all.map((option) => `#SBATCH --${option}\n`).join("")}set -u
${ownLog(out, "finish")}jobs=$PWD # Slurm begins where it was handed in
trap '{ echo $? >"$jobs"/${JOB_FILES.ended}/${JOB_FILES.finishEnd}; } 2>/dev/null' EXIT
cd -- ${quoteWord(workingFolder)} || exit 1
unset SLURM_PROCID SLURM_LOCALID SLURM_NTASKS SLURM_NPROCS
${setup.map((line) => `${line}\n`).join("")}simvlm() { ${quoteWords(program)} "$@"; }

# What is missing is handed in again, ${submission.resubmissions} times at most, and this script after it.
simvlm submit resume -- ${quoteWord(out)} || exit
${formatFollowings(submission)}`;
}

function formatFollowings({ finish, shards }: Submission): string {
  if (finish.length === 0) return "";
  return `
# Exit code 1 says that examples failed, or that scores are too low: what follows can be done all the same.
worst=0
${finish.map((following) => `${formatStep(following, shards)}\n`).join("")}exit "$worst"
`;
}

function formatStep(following: Submission["finish"][number], shards: number): string {
  return `${formatFollowing(following, shards)}
code=$?
[ "$code" -le "$worst" ] || worst=$code
[ "$code" -le 1 ] || exit "$code"`;
}

/** Whether Slurm would read something else than a path: it fills in what follows % even in the folder's name. */
const isOdd = (out: string): boolean => /[%\\]/.test(resolve(out));

/** Where Slurm writes what a job says, seen from the folder of jobs. */
const slurmLog = (out: string, name: string): string => (isOdd(out) ? "/dev/null" : `${JOB_FILES.logs}/${name}.log`);

/** The same by the script itself, where Slurm cannot. */
function ownLog(out: string, name: string): string {
  return isOdd(out) ? `exec >>${quoteWord(resolve(jobsIn(out), JOB_FILES.logs))}/"${name}".log 2>&1\n` : "";
}

function describe({ command, shards, members }: Submission): string {
  const what = members.length === 1 ? `simvlm ${command}` : `${members.length} times simvlm ${command}`;
  return shards === 1 ? what : `${what} in ${shards} shards`;
}

function chooseWords({ command, members, shards, leaves }: Submission): string {
  const option = `--${folderOptionOf(command)}`;
  const place = shards === 1 ? "$task" : `$(((task - 1) / ${shards} + 1))`;
  const single = members.length === 1 ? members[0] : undefined;
  const chosen = single
    ? formatMember(single)
    : `case ${place} in\n${members.map((member, i) => `  ${i + 1}) ${formatMember(member)} ;;`).join("\n")}\n  *) exit 1 ;;\nesac`;
  if (shards === 1) return `${chosen}\nwords+=(${option} "$out")`;
  const own = leaves ? "$out" : `$out/${JOB_FOLDERS.shards}/$shard`;
  const shard = single ? "shard=$task" : `shard=$(((task - 1) % ${shards} + 1))`;
  return `${chosen}\n${shard}\nwords+=(--shard "$shard/${shards}" ${option} "${own}")`;
}

const formatMember = ({ out, words }: Submission["members"][number]): string =>
  `out=${quoteWord(out)}; words=(${quoteWords(words)})`;
