import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { type OptionsOf, parseCount, parsePositiveInteger, upTo } from "./options.js";

/** What the jobs of Slurm are given. */
export type SlurmOptions = OptionsOf<typeof slurmOptions>;

const RESTARTS = 20;
/** In seconds: how long before a time limit a task is told of it, where the limit leaves room for that. */
const NOTICE = 60;
/** What of a short time limit is left for finishing the batch. */
const SHARE = 3;
/** In seconds: the longest notice that sbatch takes. */
const LONGEST_NOTICE = 65_535;

/** The options that sbatch is given, and how tasks go on. */
export function slurmOptions(command: Command) {
  return command
    .optionsGroup("What each task is given (default: what the cluster gives):")
    .option("--partition <name>", "the partition, or several: a100,v100", parseValue)
    .option("--time <limit>", "the time limit of one attempt: minutes, H:M:S, D-H; 0 for none", parseTime)
    .option("--mem <size>", "memory: 16G", parseValue)
    .option("--cpus <n>", "processors", parsePositiveInteger)
    .option("--gpus <n>", "GPUs: 1, or a100:1", parseValue)
    .option(
      "--sbatch <option>",
      "any other option of sbatch, without its dashes: account=vision; repeatable",
      (text: string, before: string[] | undefined) => [...(before ?? []), parseSbatch(text)],
    )
    .option(
      "--setup <line>",
      "a line of the shell before the program: 'module load nodejs'; repeatable",
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .optionsGroup("How tasks run and go on:")
    .option("--at-most <n>", "so many at the same time", parsePositiveInteger)
    .option(
      "--notice <seconds>",
      `how long before --time a task is told of it (default: ${NOTICE}, or a third of it)`,
      upTo(LONGEST_NOTICE, parseCount),
    )
    .option(
      "--restarts <n>",
      "how often a task goes on in the same job, after time limits and pre-emption",
      parseCount,
      RESTARTS,
    )
    .option("--resubmissions <n>", "how often what is missing at the end is handed in again", parseCount, 3)
    .optionsGroup("Other options:");
}

/** As `#SBATCH` takes a word without quotes. */
const VALUE = /^[\w@%+:,./*()|&[\]-]+$/;

function parseValue(text: string): string {
  if (VALUE.test(text)) return text;
  throw new InvalidArgumentError("It must be a word without spaces and quotes.");
}

/** What the scripts depend on. */
const OWN = new Set(
  "a array d dependency o output e error open-mode signal requeue no-requeue D chdir wrap wait W parsable export J job-name".split(
    " ",
  ),
);

function parseSbatch(text: string): string {
  const [, name, value] = /^(?:--)?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === undefined || (value !== undefined && !VALUE.test(value.replace(/=/g, "")))) {
    throw new InvalidArgumentError("It must look like account=vision or exclusive, without spaces and quotes.");
  }
  if (OWN.has(name)) throw new InvalidArgumentError(`${name} is set by simvlm, whose scripts depend on it.`);
  return value === undefined ? name : `${name}=${value}`;
}

function parseTime(text: string): string {
  if (toSeconds(text) !== undefined) return text;
  throw new InvalidArgumentError(
    "It must be minutes, minutes:seconds, H:M:S, D-H, D-H:M or D-H:M:S, none of the later ones above 59.",
  );
}

/** A limit of Slurm's in seconds; undefined for what is none. */
function toSeconds(text: string): number | undefined {
  const [, days, rest] = /^(?:(\d{1,4})-)?(\d{1,7}(?::\d{1,2}){0,2})$/.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const numbers = rest.split(":").map(Number);
  const isOver = (most: number, from: number) => numbers.slice(from).some((number) => number > most);
  if (isOver(59, 1) || (days !== undefined && numbers[0]! > 23)) return undefined;
  if (days !== undefined) {
    const [hours = 0, minutes = 0, seconds = 0] = numbers;
    return ((Number(days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  }
  const [first = 0, second = 0, third] = numbers;
  return third === undefined ? first * 60 + second : (first * 60 + second) * 60 + third;
}

/** The time limit of a task as it is given, and the option that gives it: of several the last one in the script counts. */
function findLimit(time: string | undefined, sbatch: readonly string[]): [option: string, limit: string | undefined] {
  const other = sbatch.findLast((each) => each.startsWith("time="));
  if (other !== undefined) return [`--sbatch ${other}`, other.slice("time=".length)];
  return [`--time ${time}`, time];
}

/** In seconds: Slurm counts in minutes, and rounds up; 0 is no limit. */
function readLimit(time: string | undefined): number {
  const seconds = (time === undefined ? undefined : toSeconds(time)) || Number.POSITIVE_INFINITY;
  return Math.ceil(seconds / 60) * 60;
}

/**
 * `#SBATCH` options: those of the tasks alone, and those of the job that follows, too.
 * @throws SimvlmError `bad-option` for a notice that would come before a task begins
 */
export function toResources(options: SlurmOptions) {
  const { partition, time, mem, cpus, gpus, sbatch = [], setup = [], notice, restarts } = options;
  const given = { partition, time, mem };
  const all = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const [option, asked] = findLimit(time, sbatch);
  const limit = readLimit(asked);
  if (notice !== undefined && notice >= limit) {
    throw new SimvlmError(
      "bad-option",
      `--notice ${notice} is not less than ${option}, which is ${limit} seconds: every attempt would be told to stop ` +
        "before it has done anything. Give a longer time, or leave out --notice.",
    );
  }
  return {
    all: [...all, ...sbatch],
    tasks: [...(cpus === undefined ? [] : [`cpus-per-task=${cpus}`]), ...(gpus === undefined ? [] : [`gpus=${gpus}`])],
    notice: notice ?? Math.floor(Math.min(NOTICE, limit / SHARE)),
    ...{ restarts, setup },
  };
}
