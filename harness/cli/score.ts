import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { requirePossible } from "../compare/gate/conditions.js";
import { judge } from "../compare/gate/judge.js";
import { differencesOfReport, scoresOfMetrics, scoresOfReport } from "../compare/gate/measurements.js";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import { chooseMetrics, listAll } from "../tasks/choose-metrics.js";
import { type Scored, type ScoreRequest, scorePredictions } from "../tasks/score-predictions.js";
import { formatPerExample, reportScores, type ScoreReport } from "../tasks/score-report.js";
import type { Task } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { escapeUnseen, formatJson } from "../terminal/json.js";
import { scoreBlocks } from "../terminal/score-tables.js";
import { tell } from "../terminal/streams.js";
import { verdictTable } from "../terminal/verdict-table.js";
import { asksForIntervals, findGateFiles, type GateFiles, reportVerdicts, writeGateFiles } from "./gate-options.js";
import { layOut } from "./layout-options.js";
import { requireMetricData, withMetricPrograms } from "./metric-data.js";
import { checkOutputs, printBeside, writeOutputs } from "./output.js";
import { defineScoreCommand, type ScoreOptions } from "./score-options.js";
import { readAligned, readScoreReferences, requireUse, type Scoring } from "./score-references.js";
import { findJudgements, judgeShare, requireShare } from "./score-share.js";
import { requireOptionsOf } from "./task-options.js";

/** `simvlm score` */
export function createScoreCommand(): CommandUnknownOpts {
  return defineScoreCommand().action(runScore);
}

/** What is to be scored how, before anything is measured or judged. */
async function prepareScore(options: ScoreOptions) {
  const { references, min = [], failIf = [] } = options;
  const task = findTask(options.task);
  const gate = findGateFiles(options, [...min, ...failIf], "--min or --fail-if");
  await checkOptions(options, task, gate);
  const every = isAll(options.metrics);
  const metrics = every ? listAll(task) : options.metrics ? chooseMetrics(task, options.metrics) : task.metrics;
  requirePossible(min, scoresOfMetrics(metrics), "score");
  requirePossible(failIf, scoresOfMetrics(metrics), "difference");
  if (!task.readReferences) {
    throw new SimvlmError("bad-option", `The task ${task.name} has no format of references: it is scored by its runs.`);
  }
  requireUse(options, metrics);
  return { task, gate, every, metrics, readData: () => readScoreReferences(task, references, { ...options, metrics }) };
}

/**
 * Finds what is wrong with files that are to be scored, without their metrics.
 * @throws SimvlmError what scoring them would end with
 */
export async function rehearseScore(options: ScoreOptions): Promise<void> {
  const { task, readData } = await prepareScore(options);
  const data = await readData();
  const { predictions, against } = options;
  for (const path of against === undefined ? [predictions] : [predictions, against]) {
    await readAligned(path, { task, data, options });
  }
}

async function runScore(options: ScoreOptions, command: CommandUnknownOpts): Promise<void> {
  const { predictions, against, min = [], failIf = [], shard, judgements } = options;
  requireShare(options, command);
  const { task, gate, every, metrics, readData } = await prepareScore(options);
  await requireMetricData(metrics, { clip: options.clip }).catch((error: unknown) => {
    if (!every) throw error; // scoring says it again
  });
  const data = await readData();
  if (shard && judgements !== undefined) return judgeShare(shard, judgements, { task, data, metrics, options });
  const openCache = judgements === undefined ? undefined : await findJudgements(judgements);
  const unable = new Set<MetricDefinition>();
  const onUnable = (metric: MetricDefinition, { message }: SimvlmError) => {
    unable.add(metric);
    tell(`simvlm: note: not scored with ${metric.name}: ${message}`);
  };
  const scoring = { task, data, metrics, options, openCache, ...(every && { onUnable }) };
  const scored = await scoreFile(predictions, scoring);
  const same = metrics.filter((metric) => !unable.has(metric));
  const other = against === undefined ? undefined : await scoreFile(against, { ...scoring, metrics: same });
  const ci = options.ci || asksForIntervals(min);
  const report = ci || other ? await measureUncertainty(scored, other, { ...options, ci }) : reportScores(scored);
  const verdicts = [
    ...judge(min, scoresOfReport(report, "predictions"), options.confidence),
    ...judge(failIf, differencesOfReport(report), options.confidence),
  ];
  for (const warning of listWarnings(scored, other)) tell(`simvlm: warning: ${warning}`);
  const blocks = scoreBlocks(report);
  const outputs = await writeGateFiles(gate, { name: "simvlm score", verdicts, blocks });
  const judged = verdicts.length > 0 ? { ...report, conditions: verdicts } : report;
  if (options.json !== undefined) outputs.push([options.json, `${formatJson(judged, 2)}\n`]);
  if (options.perExample !== undefined)
    outputs.push([options.perExample, escapeUnseen(formatPerExample(scored, options.explain))]);
  await writeOutputs(outputs);
  const all = [...blocks, ...(verdicts.length > 0 ? [verdictTable(verdicts)] : [])];
  await printBeside(
    outputs.map(([path]) => path),
    (width) => layOut(all, options, width),
  );
  reportVerdicts(verdicts);
}

/** Of both; what both have is said once. */
function listWarnings(scored: Scored, other: Scored | undefined): string[] {
  const [own, against] = [scored, other].map((one) => (one ? [...one.warnings, ...one.caveats] : []));
  const others = against!.filter((warning) => !own!.includes(warning));
  return [...own!, ...others.map((warning) => `--against: ${warning}`)];
}

/** `--metrics all`. */
function isAll(names: readonly string[] | undefined): boolean {
  return names?.length === 1 && names[0] === "all";
}

interface FileScoring extends Scoring {
  readonly openCache: ProgramOptions["openCache"];
  readonly onUnable?: ScoreRequest["onUnable"];
}

async function scoreFile(path: string, scoring: FileScoring): Promise<Scored> {
  const { task, data, metrics, options, openCache, onUnable } = scoring;
  const { references, byDomain, df, min = [], failIf = [] } = options;
  const predictions = await readAligned(path, scoring);
  const isOfPart = [...min, ...failIf].some(({ subset }) => subset !== "all");
  const groups = byDomain || df === "per-domain" ? "required" : isOfPart ? "where-given" : "none";
  const { clip, withoutParaphrases, spice } = options;
  const { withProgress } = await import("../terminal/progress.js"); // its library is loaded only where it is needed
  const scored = await withMetricPrograms(spice, (program) =>
    withProgress("looking at pictures and captions", (onStart) => {
      const tables = { paraphrases: !withoutParaphrases, clip, onStart, program: { ...program, openCache } };
      return scorePredictions({ task, data, predictions, metrics, groups, df, tables, onUnable });
    }),
  );
  if (scored) return scored;
  throw new SimvlmError("nothing-to-score", `${references} has no right answer to anything that ${path} predicts.`);
}

async function measureUncertainty(
  scored: Scored,
  other: Scored | undefined,
  { ci, correct, resamples, confidence, seed }: ScoreOptions,
): Promise<ScoreReport> {
  const resampling = { resamples, confidence, seed };
  const { withProgress } = await import("../terminal/progress.js"); // its library is loaded only where it is needed
  return withProgress("resampling", async (onStart) =>
    reportScores(scored, {
      intervals: ci ? resampling : undefined,
      against: other && { scored: other, resampling, correct },
      onStart,
    }),
  );
}

async function checkOptions(options: ScoreOptions, task: Task, { junit, summary }: GateFiles): Promise<void> {
  const { references, predictions, against, questions, instances, synonyms, byDomain, df, correct, failIf } = options;
  if (correct && against === undefined) {
    throw new SimvlmError("bad-option", "--correct has no meaning without --against, which gives p-values.");
  }
  if (failIf && against === undefined) {
    throw new SimvlmError("bad-option", "--fail-if has no meaning without --against: it is about differences.");
  }
  if (options.explain && options.perExample === undefined) {
    throw new SimvlmError("bad-option", "--explain has no meaning without --per-example, whose lines it adds to.");
  }
  requireOptionsOf(task, {
    questions: questions !== undefined,
    instances: instances !== undefined,
    synonyms: synonyms !== undefined,
    "by-domain": byDomain,
    df: df !== "shared",
  });
  const given = (paths: readonly (string | undefined)[]) => paths.filter((path) => path !== undefined);
  const { json, perExample } = options;
  await checkOutputs(
    given([json, perExample, junit, summary]),
    given([references, predictions, against, questions, instances, synonyms]),
  );
}
