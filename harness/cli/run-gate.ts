import { RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import type { Condition } from "../compare/gate/conditions.js";
import { judge } from "../compare/gate/judge.js";
import { scoresOfReport } from "../compare/gate/measurements.js";
import type { ScoreReport } from "../tasks/score-report.js";
import { scoreBlocks } from "../terminal/score-tables.js";
import { findGateFiles, type GateFiles, reportVerdicts, writeGateFiles } from "./gate-options.js";
import { checkOutputs, requireOutside, writeOutputs } from "./output.js";

/** What a run's scores are held against, and the files that tell CI services of it. */
export interface RunGate {
  /** `simvlm run` */
  readonly name: string;
  readonly minima: readonly Condition[];
  readonly files: GateFiles;
}

/**
 * The gate of a command that makes a run.
 * @param runs the folders of runs, which nothing is written into
 * @throws SimvlmError `bad-option`, `cannot-write`
 */
export async function openRunGate(
  name: string,
  { min = [], ...given }: GateFiles & { readonly min?: readonly Condition[] | undefined },
  runs: readonly string[],
): Promise<RunGate> {
  const files = findGateFiles(given, min, "--min");
  const paths = outputsOf(files);
  await checkOutputs(paths);
  for (const path of paths) await requireOutside(path, runs);
  return { name, minima: min, files };
}

/** The files of a gate, as far as there are any. */
export function outputsOf({ junit, summary }: GateFiles): string[] {
  return [junit, summary].filter((path) => path !== undefined);
}

/**
 * Judges a run's scores, writes the files, and ends the command with exit code 1 if one is too low.
 * @throws SimvlmError `nothing-to-score` where minima are asked of a run that has no scores, `cannot-write`
 */
export async function judgeRun(
  { name, minima, files }: RunGate,
  label: string,
  report: ScoreReport | undefined,
): Promise<void> {
  if (!report && minima.length > 0) {
    throw new SimvlmError("nothing-to-score", `${label} has no scores that --min could be asked of.`);
  }
  const { confidence } = report?.resampling ?? RESAMPLING_DEFAULTS;
  const verdicts = report ? judge(minima, scoresOfReport(report, label), confidence) : [];
  await writeOutputs(await writeGateFiles(files, { name, verdicts, blocks: report ? scoreBlocks(report) : [] }));
  reportVerdicts(verdicts);
}
