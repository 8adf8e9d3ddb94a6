import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { listIds } from "../formats/ids.js";
import type { FinishedRun } from "../runs/finish.js";
import { RUN_FILES } from "../runs/manifest.js";
import { type Failure, FLAWS, isFailure, type Outcome } from "../tasks/prediction.js";
import { tell } from "../terminal/streams.js";

const EXIT_FAILED = 1;
/** Kinds of failures that are told. */
const TOLD = 5;
/** Characters of an error that are shown. */
const SHOWN = 300;

/** What servers say of requests that are too long, most of which are pictures. */
const TOO_LARGE =
  /^status (?:413|\d+: .*(?:(?<!tokens\W{0,4} is )too large|exceeds?[^.]* (?:size|limit)|maximum context length))/i;

/** The limit of an answer's tokens counts as well. */
const TOO_LONG = /^status \d+: .*(?:max_\w*tokens\W{0,4} is too large|maximum context length)/i;

/** How many examples may fail: so many, or such a share. */
export interface AllowedFailures {
  readonly count?: number;
  readonly share?: number;
}

/** `3` or `2.5%`. */
export function parseAllowedFailures(text: string): AllowedFailures {
  const [, number, percent] = /^(\d{1,12}(?:\.\d{1,9})?)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(number);
  if (percent === "%" && value <= 100) return { share: value / 100 };
  if (percent === "" && Number.isInteger(value)) return { count: value };
  throw new InvalidArgumentError("It must be a number of examples, such as 3, or a share of them, such as 1%.");
}

/** How many failures a command that predicts ends well with. */
export function failuresOption(command: Command) {
  return command.option(
    "--allow-failures <n>",
    "exit code 0 although up to n examples, or n% of them, failed; 1 otherwise (default: 0)",
    parseAllowedFailures,
  );
}

/**
 * Says on standard error what failed, and how many answers are not as they should be; ends the command with exit code 1
 * if more failed than may.
 */
export function reportFailures(
  folder: string,
  { outcomes }: Pick<FinishedRun, "outcomes">,
  allowed: AllowedFailures = {},
): void {
  const leftOut = outcomes.filter((outcome) => isFailure(outcome) && outcome.leftOut);
  const failures = outcomes.filter((outcome): outcome is Failure => isFailure(outcome) && !outcome.leftOut);
  const asked = outcomes.length - leftOut.length;
  const say = (text: string) => tell(`simvlm: ${text}`);
  for (const remark of [...tellLeftOut(leftOut), ...tellAccepted(outcomes)]) say(`note: ${remark}`);
  if (failures.length === 0) return;
  say(
    `${failures.length} of ${asked} examples failed${failures.length === asked ? ": there is nothing to score" : ""}`,
  );
  for (const line of tellKinds(failures)) tell(`  ${line}`);
  const isAllowed = failures.length <= (allowed.count ?? (allowed.share ?? 0) * asked);
  say(
    `Each is told in ${RUN_FILES.predictions} of ${folder}. The command that asked tries them again` +
      (isAllowed ? "." : `; --allow-failures ${failures.length} takes the run as it is.`),
  );
  if (failures.some(({ error }) => TOO_LONG.test(error))) say("Shorter answers are asked for with --max-length.");
  if (failures.some(({ flaw }) => flaw === "cut")) say("Longer answers are asked for with --max-length.");
  if (failures.some(({ error }) => TOO_LARGE.test(error))) say("Smaller pictures are sent with --max-side.");
  const accept = FLAWS.filter((kind) => failures.some(({ flaw }) => flaw === kind));
  if (accept.length > 0) say(`In another folder, --accept ${accept.join(",")} scores such answers as they are.`);
  if (!isAllowed) process.exitCode = EXIT_FAILED;
}

function tellLeftOut(leftOut: readonly Outcome[]): string[] {
  if (leftOut.length === 0) return [];
  return [
    `left out, for want of their pictures: ${listIds(
      leftOut.map(({ id }) => id),
      10,
    )}`,
  ];
}

function tellAccepted(outcomes: readonly Outcome[]): string[] {
  return FLAWS.flatMap((kind) => {
    const accepted = outcomes.filter((outcome) => !isFailure(outcome) && outcome.flaw === kind);
    return accepted.length === 0 ? [] : [`scored although ${kind}: ${listIds(accepted.map(({ id }) => id))}`];
  });
}

/** The kinds of failures, the most frequent first: how many, an error of the kind, and which examples. */
function tellKinds(failures: readonly Failure[]): string[] {
  const kinds = new Map<string, Failure[]>();
  for (const failure of failures) {
    const kind = nameKind(failure);
    const known = kinds.get(kind);
    if (known) known.push(failure);
    else kinds.set(kind, [failure]);
  }
  const sorted = [...kinds.values()].sort((a, b) => b.length - a.length);
  const rest = sorted.slice(TOLD).reduce((sum, { length }) => sum + length, 0);
  return [
    ...sorted
      .slice(0, TOLD)
      .map((same) => `${same.length} × ${shorten(same[0]!.error)}: ${listIds(same.map(({ id }) => id))}`),
    ...(rest > 0 ? [`${rest} × for other reasons`] : []),
  ];
}

/** Errors that differ only in what they quote and count are of one kind. */
function nameKind({ error }: Failure): string {
  return error.slice(0, SHOWN).replace(/"(?:[^"\\]|\\.)*"?|\d+/g, "…");
}

function shorten(error: string): string {
  return error.length > SHOWN ? `${error.slice(0, SHOWN)}…` : error;
}
