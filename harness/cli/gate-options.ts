import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { type Condition, parseCondition, parseMinimum } from "../compare/gate/conditions.js";
import type { Verdict } from "../compare/gate/judge.js";
import { readText } from "../files/text.js";
import { toJunit } from "../terminal/junit.js";
import { toMarkdown } from "../terminal/markdown.js";
import { tell } from "../terminal/streams.js";
import type { Block } from "../terminal/tables.js";
import { verdictTable } from "../terminal/verdict-table.js";
import { withOptions } from "./options.js";

/** What a gate that lets nothing pass ends with. */
const EXIT_FAILED = 1;
/** GitHub Actions names in it the file that a step's summary is appended to. */
const STEP_SUMMARY = "GITHUB_STEP_SUMMARY";

/** A parser of an option that may be given several times. */
function collect(parse: (text: string) => Condition) {
  return (text: string, before: Condition[] | undefined): Condition[] => {
    try {
      return [...(before ?? []), parse(text)];
    } catch (error) {
      throw error instanceof SimvlmError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

/** `--fail-if`, of commands that tell differences. */
export function failIfOption(command: Command) {
  return command.option(
    "--fail-if <condition>",
    'exit code 1 if a difference is such: "CIDEr<-0.02", with its whole interval; "CIDEr.mean<-0.02", "CIDEr.low<-0.02", "CIDEr@out-domain<0"; repeatable',
    collect(parseCondition),
  );
}

function minimumOption(command: Command) {
  return command.option(
    "--min <score=x>",
    "exit code 1 if a score is lower: CIDEr=0.9, CIDEr.low=0.85 for its interval's lower end, CIDEr@out-domain=0.8; repeatable",
    collect(parseMinimum),
  );
}

/** The files that CI services read. */
export function gateFileOptions(command: Command) {
  return command
    .option("--junit <file>", "write what came of the conditions as JUnit's XML; - for standard output")
    .option(
      "--summary <file>",
      `write the tables as Markdown; ${STEP_SUMMARY} appends them to the file that it names; - for standard output`,
    );
}

/** What every command has that tells scores: minima, and the files that tell of them. */
export function scoreGateOptions(command: Command) {
  return withOptions(withOptions(command, minimumOption), gateFileOptions);
}

/** What {@link gateFileOptions} ask for. */
export interface GateFiles {
  readonly junit?: string | undefined;
  readonly summary?: string | undefined;
}

/**
 * The options with the summary's file in the place of the variable's name.
 * @param conditions whether there is anything that JUnit's file could tell of
 * @throws SimvlmError `bad-option`
 */
export function findGateFiles(
  { junit, summary }: GateFiles,
  conditions: readonly Condition[],
  usage: string,
): GateFiles {
  if (junit !== undefined && conditions.length === 0) {
    throw new SimvlmError("bad-option", `--junit tells what came of conditions, and there is none: add ${usage}.`);
  }
  if (summary !== STEP_SUMMARY) return { junit, summary };
  const path = process.env[STEP_SUMMARY];
  if (path) return { junit, summary: path };
  throw new SimvlmError("bad-option", `--summary ${STEP_SUMMARY}: there is no such variable here: name a file.`);
}

/** What the files will hold. */
export interface GateReport {
  /** `simvlm compare` */
  readonly name: string;
  readonly verdicts: readonly Verdict[];
  /** Of the summary. */
  readonly blocks: readonly Block[];
}

/** The files' contents; what stands in GitHub's summary stays. */
export async function writeGateFiles({ junit, summary }: GateFiles, report: GateReport): Promise<[string, string][]> {
  const { name, verdicts, blocks } = report;
  const files: [string, string][] = [];
  if (junit !== undefined) files.push([junit, toJunit(name, verdicts)]);
  if (summary !== undefined) {
    const before = isStepSummary(summary) && existsSync(summary) ? await readText(summary) : "";
    const gap = before === "" || before.endsWith("\n\n") ? "" : "\n\n";
    const all = [...(verdicts.length > 0 ? [verdictTable(verdicts)] : []), ...blocks];
    files.push([summary, `${before}${gap}## ${name}\n\n${toMarkdown(all)}\n`]);
  }
  return files;
}

function isStepSummary(path: string): boolean {
  const named = process.env[STEP_SUMMARY];
  return Boolean(named) && resolve(path) === resolve(named!);
}

/** Whether minima are asked of an interval's end, for which intervals must be computed. */
export function asksForIntervals(minima: readonly Condition[]): boolean {
  return minima.some(({ bound }) => bound !== "mean");
}

/** Says on standard error which conditions failed; ends the command with exit code 1 if any did. */
export function reportVerdicts(verdicts: readonly Verdict[]): void {
  const failed = verdicts.filter((verdict) => verdict.failed);
  for (const { condition, reason } of failed) tell(`simvlm: failed: ${condition}: ${reason}`);
  if (failed.length > 0) process.exitCode = EXIT_FAILED;
}
