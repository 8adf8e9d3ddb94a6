import { basename } from "node:path";
import {
  type Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
import { listMetrics, RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { LONGEST_SECONDS } from "../duration.js";
import { isStandardOutput } from "./output.js";

/** The limits of {@link upTo} that several commands share. */
export const LIMITS = {
  threads: 1024,
  concurrency: 1024,
  batch: 65_536,
  tokens: 65_536,
  resamples: 1_000_000,
  statement: 500,
  shards: 100_000,
} as const;

/** The options of the commands that a function returns, as an action is given them. */
export type OptionsOf<Define extends (...args: never[]) => { opts(): unknown }> = ReturnType<
  ReturnType<Define>["opts"]
>;

/**
 * Adds to a command the options that `define` adds to one without any.
 * @param rest what `define` is given beside the command
 */
export function withOptions<
  Args extends unknown[],
  Options extends OptionValues,
  Added extends OptionValues,
  Rest extends unknown[],
>(
  command: Command<Args, Options>,
  define: (command: Command, ...rest: Rest) => Command<[], Added>,
  ...rest: Rest
): Command<Args, Options & Added>;
// Were every `define` generic instead, each option would make the type it declares several times as long.
export function withOptions<Rest extends unknown[]>(
  command: Command,
  define: (command: Command, ...rest: Rest) => CommandUnknownOpts,
  ...rest: Rest
): CommandUnknownOpts {
  return define(command, ...rest);
}

/** `maxLength` as the command line has it: `--max-length`. */
export function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Parsers of option values; commander prints what they throw, with the option's name. */

/** No count that a command takes is larger: a step, an example, a place in a text. */
const MOST = 2 ** 31 - 1;

export function parsePositiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= MOST) return value;
  throw new InvalidArgumentError(`It must be a whole number, 1 or more${value > MOST ? `, ${MOST} at most` : ""}.`);
}

/** A parser of what takes memory, threads or time for each of its number, and would end in nothing above `most`. */
export function upTo(most: number, parse: (text: string) => number): (text: string) => number {
  return (text) => {
    const value = parse(text);
    if (value <= most) return value;
    throw new InvalidArgumentError(`It must be ${most} at most.`);
  };
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `20GB`: a number of bytes; in powers of 1000, as disks are sold. */
export function parseBytes(text: string): number {
  const [, digits, unit = "B"] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)?\s*$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * 1000 ** UNITS.indexOf(unit.toUpperCase()));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError("It must be a number of bytes such as 20GB or 500MB, or 0 for none.");
}

/** A time in seconds that a timer can wait for. */
export function parseSeconds(text: string): number {
  return upTo(LONGEST_SECONDS, parsePositive)(text);
}

export function parseSeed(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && text.trim() !== "") return value;
  throw new InvalidArgumentError("It must be a whole number.");
}

export function parseCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= MOST && text.trim() !== "") return value;
  throw new InvalidArgumentError(`It must be a whole number, 0 or more${value > MOST ? `, ${MOST} at most` : ""}.`);
}

/** `100,1000`: whole numbers from 1 up. */
export function parseCounts(text: string): number[] {
  return text.split(",").map(parsePositiveInteger);
}

export function parseNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && text.trim() !== "") return value;
  throw new InvalidArgumentError("It must be a number.");
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number greater than 0.");
}

/** A share, `0.01` or `1%`; NaN for anything else. */
function readShare(text: string): number {
  const [, percent] = /^\s*([\d.]+)\s*%\s*$/.exec(text) ?? [];
  if (percent !== undefined) return Number(percent) / 100;
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** Above 0, and 1 at most. */
export function parsePositiveShare(text: string): number {
  const value = readShare(text);
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be greater than 0 and at most 1.");
}

export function parseFraction(text: string): number {
  const value = readShare(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be greater than 0 and less than 1.");
}

/** As {@link parseFraction}, none and all included. */
export function parseShare(text: string): number {
  const value = readShare(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("It must be between 0 and 1, inclusive.");
}

/** As {@link parseShare}, but below 1: something must be left. */
export function parseRate(text: string): number {
  const value = readShare(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be at least 0 and less than 1.");
}

/** A folder to write: nothing that has no name of its own, or that a folder cannot go to. */
export function parseFolder(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must name a folder.");
  if (!isStandardOutput(text)) return text;
  throw new InvalidArgumentError(
    `It must name a folder, which cannot go to standard output. One that is called so is ./${basename(text)}.`,
  );
}

/** `2/8`: the second of eight parts. */
export function parsePart(text: string): { index: number; of: number } {
  const [, index, of] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []).map(Number);
  if (index !== undefined && of !== undefined && index >= 1 && index <= of) return { index, of };
  throw new InvalidArgumentError("It must look like 1/4 or 4/4: which part, of how many.");
}

/** A parser of comma-separated values out of `choices`, each kept once, in the order of `choices`. */
export function parseListOf<T extends string>(choices: readonly T[]): (text: string) => T[] {
  return (text) => {
    const values = text.split(",").map((value) => value.trim());
    const unknown = values.filter((value) => !choices.some((choice) => choice === value));
    if (unknown.length === 0) return choices.filter((choice) => values.includes(choice));
    throw new InvalidArgumentError(`It must be one or more of ${choices.join(", ")}, separated by commas.`);
  };
}

/** `image_id,caption`: two names of columns. */
export function parseTwoNames(text: string): [first: string, second: string] {
  const [first, second, ...more] = text.split(",").map((name) => name.trim());
  if (first && second && more.length === 0) return [first, second];
  throw new InvalidArgumentError("It must be two names with a comma between them.");
}

/** What somebody says, in a few sentences. */
export function parseStatement(text: string): string {
  const said = text.trim();
  if (said !== "" && said.length <= LIMITS.statement) return said;
  throw new InvalidArgumentError(`It must be a text of ${LIMITS.statement} letters at most, and not empty.`);
}

/** `bleu,cider`: names, none of them empty. */
function parseNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (!names.includes("")) return names;
  throw new InvalidArgumentError("It must be one or more names, separated by commas.");
}

const CLIP = [
  "--clip <folder>",
  "clipscore, refclipscore: the CLIP's folder, or its name in the Hugging Face cache (default: the one that a run was scored with, or openai/clip-vit-base-patch32)",
] as const;

/** `--metrics`, and what some of them need; which there are depends on plug-ins, too, and is known when they are needed. */
export function metricsOption(command: Command, usual: string) {
  const names = listMetrics().map(({ name }) => name);
  return command
    .option(
      "--metrics <list>",
      `metrics to score with, separated by commas: ${names.join(", ")}, or a plug-in's (default: ${usual})`,
      parseNames,
    )
    .option(...CLIP);
}

/** `--clip` */
export function clipOption(command: Command) {
  return command.option(...CLIP);
}

/** `--without-paraphrases`, of every command that scores. */
export function paraphrasesOption(command: Command, usual = "") {
  return command.option(
    "--without-paraphrases",
    `meteor: do not look at paraphrases${usual}; its signature says so`,
    false,
  );
}

/** `--provider`, of every command that computes with a model; whether it is there is asked when it is needed. */
export function providerOption(command: Command) {
  return command.option("--provider <name>", "what computes: cpu, webgpu, cuda, coreml, dml", "cpu");
}

/** `--correct`, of commands that tell more than one p-value. */
export function correctionOption(command: Command) {
  return command.addOption(
    new Option("--correct <method>", "correct the p-values for their number").choices(["holm"] as const),
  );
}

/** The options of bootstrap intervals and p-values, named as `ResamplingOptions` has them. */
export function resamplingOptions(command: Command) {
  const { resamples, confidence, seed } = RESAMPLING_DEFAULTS;
  return command
    .option("--resamples <n>", "number of resampled sets", upTo(LIMITS.resamples, parsePositiveInteger), resamples)
    .option("--confidence <p>", "coverage of the intervals", parseFraction, confidence)
    .option("--seed <n>", "seed for resampling", parseSeed, seed);
}
