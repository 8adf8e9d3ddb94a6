import { join, normalize } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { type ClusterCommand, COMMANDS, folderOptionOf, type Submission } from "../cluster/submission.js";
import { hashText } from "../files/hash.js";
import { holdsSecret } from "../network/remote-address.js";
import { SECRET_NAME } from "../network/secret-name.js";
import { divideWork } from "./divide-work.js";
import { type InnerCommand, type OptionWords, readInnerCommand } from "./inner-command.js";
import { chooseSource } from "./run-source.js";

/** What is to be done where, before anybody decides by which scheduler. */
export interface Plan extends Pick<Submission, "command" | "words" | "members" | "shards" | "leaves" | "finish"> {
  /** The folder of all of it, as it was named. */
  readonly out: string;
}

/** How the work is to be divided. */
export interface Arrangement {
  /** How many parts; undefined where that is left to us. */
  readonly shards?: number | undefined;
  /** Values of options, each combination of which is a member of its own. */
  readonly sweep?: readonly SweptOption[] | undefined;
  /** The file of a report on what came of it. */
  readonly report?: string | undefined;
  /** Refuses what the work would find wrong; called for every value that an option is to have, once the rest is found good. */
  readonly check?: ((inner: InnerCommand) => Promise<void> | void) | undefined;
}

/** An option with the values that it is to have in turn. */
export interface SweptOption {
  readonly option: string;
  readonly values: readonly string[];
}

/**
 * Reads a command line and divides its work.
 * @param words the command's name and what follows
 * @throws SimvlmError `bad-option`; CommanderError for what the command itself would refuse
 */
export async function planJobs(
  words: readonly string[],
  { shards, sweep = [], report, check }: Arrangement,
): Promise<Plan> {
  const swept = new Set(sweep.map(({ option }) => option));
  if (swept.size < sweep.length) throw refuse("--array and --matrix have an option in common: leave out one of them.");
  if (swept.has("out")) {
    throw refuse(
      "--out is the folder of all, in which each has its own: give it to the command, not to --array or --matrix.",
    );
  }
  const all = await readWithEach(words, sweep);
  const inner = all[0]!;
  const command = inner.name as ClusterCommand;
  const isRun = command === "run";
  if (!isRun && report !== undefined) throw refuse(`--report has no meaning with ${command}: it shows runs.`);
  if ("shard" in inner.options) throw refuse("--shard is what each task is given: leave it out, and say --shards.");
  const folder = folderOptionOf(command);
  if (inner.options[folder] === undefined) {
    throw refuse(`${command} needs --${folder}: the folder that all shares are judged into.`);
  }
  const out = String(inner.options[folder]);
  if (normalize(out).startsWith("-")) {
    throw refuse(`--${folder} ${out} begins with a dash, which scripts take for an option: choose another name.`);
  }
  const given = inner.parts.slice(0, inner.parts.length - sweep.length);
  if (command === "score" && sweep.length > 0) {
    throw refuse("--array and --matrix have no meaning with score: hand in each file of predictions by itself.");
  }
  const twice = given.find(({ option }) => option !== undefined && swept.has(option));
  if (twice) throw refuse(`--${twice.option} is given a value already: leave out one of them.`);
  const folders = new Set<string>();
  const members = combine(sweep).map((pairs) => {
    return {
      out: pairs.length === 0 ? out : join(out, nameFolder(pairs, folders)),
      words: pairs.flatMap(([option, value]) => [`--${option}`, value]),
    };
  });
  const common = given.filter(({ option }) => option !== folder);
  const divided = await divideWork(command, { ...inner, parts: common }, shards);
  for (const each of all) await check?.(each);
  const pages =
    report === undefined
      ? []
      : [{ command: "report", words: [...members.map((each) => each.out), "--out", report], makes: report }];
  return {
    ...{ command, members, out, shards: divided.shards, words: [...divided.words], leaves: divided.leaves },
    finish: [...members.flatMap(divided.finish), ...pages],
  };
}

/** Reads a command line with every value of each option once, as it would be read if it were done now. */
async function readWithEach(words: readonly string[], sweep: readonly SweptOption[]): Promise<InnerCommand[]> {
  const all: InnerCommand[] = [];
  const most = Math.max(1, ...sweep.map(({ values }) => values.length));
  for (let i = 0; i < most; i++) {
    const some = sweep.flatMap(({ option, values }) => [`--${option}`, values[i] ?? values[0]!]);
    const inner = await readInnerCommand([...words, ...some], COMMANDS);
    const secret = inner.parts.find(({ words }) => words.some((word) => word.split("::").some(holdsSecret)));
    if (secret) throw refuseSecret(secret);
    refuseSecretHeaders(inner.options.header as readonly string[] | undefined);
    if (inner.name === "run") chooseSource(inner.options);
    all.push(inner);
  }
  for (const swept of sweep) requireDifferent(swept, all);
  return all;
}

/** Numbers may be written in several ways. */
function requireDifferent({ option, values }: SweptOption, all: readonly InnerCommand[]): void {
  const attribute = option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const read: unknown[] = values.map((_, i) => all[i]!.options[attribute]);
  const again = values.find((_, i) => typeof read[i] === "number" && read.indexOf(read[i]) < i);
  if (again !== undefined) throw refuse(`--array gives ${option} the value ${again} twice, written in two ways.`);
}

/** Every combination of values, the last option's first. */
function combine(sweep: readonly SweptOption[]): (readonly [option: string, value: string])[][] {
  return sweep.reduce<(readonly [string, string])[][]>(
    (combinations, { option, values }) =>
      combinations.flatMap((pairs) => values.map((value) => [...pairs, [option, value] as const])),
    [[]],
  );
}

/** Of a path that is a value only the letters that cannot lead elsewhere. @param taken by others; gets this one */
function nameFolder(pairs: readonly (readonly [option: string, value: string])[], taken: Set<string>): string {
  const whole = pairs.map(([option, value]) => `${option}=${value}`).join(",");
  const short = whole.replace(/[^\w.,=+-]+/g, "-").slice(0, LONGEST);
  const name = taken.has(short) ? `${short}-${hashText(whole).slice(0, 8)}` : short;
  taken.add(name);
  return name;
}
/** A file's name may have 255 bytes. */
const LONGEST = 200;

/** Scripts and what is kept of them are read by others. */
function refuseSecret({ option }: OptionWords): SimvlmError {
  return refuse(
    `--${option} has an address with a key or a signature in it, which scripts would show to others. Let variables of the ` +
      "environment hold it: for s3:// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  );
}

/** @param lines of `--header`, where the command has that: each `Name: value` */
function refuseSecretHeaders(lines: readonly string[] = []): void {
  const name = lines.map((each) => each.split(":", 1)[0]!.trim()).find((each) => SECRET_NAME.test(each));
  if (name === undefined) return;
  throw refuse(
    `--header ${name} holds a secret, as its name says, which scripts would show to others. Leave it out, and let SIMVLM_API_KEY ` +
      "hold the key in the environment: jobs of Slurm inherit it, and those of Kubernetes get it with --secret.",
  );
}

const refuse = (message: string): SimvlmError => new SimvlmError("bad-option", message);
