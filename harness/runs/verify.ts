import { join } from "node:path";
import { RESAMPLING_DEFAULTS, SimvlmError, VERSION } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import { readText } from "../files/text.js";
import { listIds } from "../formats/list-ids.js";
import { reportScores } from "../scoring/report.js";
import { collectSignatures } from "../scoring/scored.js";
import type { Outcome } from "../tasks/prediction.js";
import type { Task, TaskData } from "../tasks/task.js";
import { completeSettings, TASKS } from "../tasks/tasks.js";
import { findDifferences, listDifferences } from "./differences.js";
import { orderPredictions, scorePredictions } from "./finish.js";
import { readLog } from "./log.js";
import { type Manifest, RUN_FILES, readManifest } from "./manifest.js";
import { findPlace, requireDataFolder } from "./place.js";
import { readScores } from "./scores.js";
import { describeData, selectExamples } from "./selection.js";

export interface Verification {
  readonly manifest: Manifest;
  /** What was looked at and found as the manifest says. */
  readonly confirmed: readonly string[];
  /** What differs, a sentence each; empty for a run that is what it says. */
  readonly differences: readonly string[];
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

interface Evidence {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly task: Task;
  readonly data: TaskData;
  readonly outcomes: readonly Outcome[];
}

class Findings {
  readonly confirmed: string[] = [];
  readonly differences: string[] = [];
  readonly notes: string[] = [];

  /** Files that are not what they should be are findings; what they made impossible is left out. */
  async check<T>(what: string, look: () => Promise<T>): Promise<T | undefined> {
    const before = this.differences.length;
    try {
      const found = await look();
      if (this.differences.length === before) this.confirmed.push(what);
      return found;
    } catch (error) {
      if (!(error instanceof SimvlmError)) throw error;
      this.differences.push(`${what}: ${error.message}`);
      return undefined;
    }
  }
}

/**
 * Whether a run is what its manifest says: hashes data files, ids and, where it is there, the model or the predictions
 * file once more, writes the results and scores once more, and compares.
 * @param dataFolder where the data lie, if not where the run says
 * @throws SimvlmError `missing-data`, and what `readManifest` throws
 */
export async function verifyRun(folder: string, dataFolder?: string): Promise<Verification> {
  const manifest = await readManifest(folder);
  const task = TASKS[manifest.task];
  const dataPlace = dataFolder ?? requireDataFolder(manifest.data, folder);
  const findings = new Findings();
  const data = await findings.check("data", () => checkData(findings, manifest, dataPlace, folder));
  await checkSource(findings, manifest, folder);
  const outcomes = await findings.check("predictions", () => checkLog(findings, folder));
  if (data && outcomes) {
    const evidence = { folder, manifest, task, data, outcomes };
    checkExamples(findings, evidence);
    await findings.check("results", () => checkResults(findings, evidence));
    await findings.check("scores", () => checkScores(findings, evidence));
  }
  if (manifest.code.version !== VERSION) {
    findings.notes.push(`made by version ${manifest.code.version}, verified by ${VERSION}`);
  }
  const { confirmed, differences, notes } = findings;
  return { manifest, confirmed, differences, notes };
}

async function checkData(
  { differences }: Findings,
  manifest: Manifest,
  dataFolder: string,
  runFolder: string,
): Promise<TaskData> {
  const task = TASKS[manifest.task];
  const settings = completeSettings(task, manifest.settings);
  const data = await task.load(dataFolder, settings);
  const { folder: _, fromRun: __, ...then } = manifest.data;
  const described = await describeData({ folder: dataFolder, split: settings.split, data }, manifest, runFolder);
  const { folder: ___, fromRun: ____, ...now } = described;
  const found = findDifferences(then, now);
  if (found.length > 0) differences.push(`data of ${dataFolder} (${listDifferences(found, "now")})`);
  return data;
}

async function checkSource(findings: Findings, { source, sourceAt }: Manifest, folder: string): Promise<void> {
  if (!sourceAt) return;
  const path = findPlace(sourceAt, folder);
  if (path === undefined) {
    findings.notes.push(`${sourceAt.folder}, which predicted, is not there any more: not hashed`);
    return;
  }
  await findings.check(source.kind === "model" ? "checkpoint" : "predictions file", async () => {
    const found = findDifferences(
      { sha256: source.hashes ?? source.sha256 },
      { sha256: await hashSource(source, path) },
    );
    if (found.length > 0) findings.differences.push(`${path} (${listDifferences(found, "now")})`);
  });
}

async function hashSource({ kind }: Manifest["source"], path: string): Promise<unknown> {
  if (kind !== "model") return hashFile(path);
  const { hashModel } = await import("../models/registry.js"); // the engine is loaded only for this
  return hashModel(path);
}

async function checkLog({ differences }: Findings, folder: string): Promise<readonly Outcome[]> {
  const { outcomes, torn } = await readLog(folder);
  if (torn) differences.push(`${RUN_FILES.predictions} ends in the middle of a line`);
  return outcomes;
}

function checkExamples({ differences }: Findings, { manifest, data, outcomes }: Evidence): void {
  const expected = new Set(selectExamples(data, manifest).map(({ id }) => id));
  const unknown = outcomes.filter(({ id }) => !expected.delete(id)).map(({ id }) => id);
  if (unknown.length > 0) differences.push(`${RUN_FILES.predictions} has ${listIds(unknown)}, which the run has not`);
  if (expected.size > 0) {
    const ids = listIds([...expected]);
    differences.push(`${RUN_FILES.predictions} lacks ${ids}: the run was stopped, or lines were removed`);
  }
}

async function checkResults({ differences }: Findings, { folder, task, data, outcomes }: Evidence): Promise<void> {
  const written = await readText(join(folder, task.resultsName));
  if (written !== task.formatResults(orderPredictions({ data, outcomes }))) {
    differences.push(`${task.resultsName} does not follow from ${RUN_FILES.predictions}`);
  }
}

async function checkScores({ differences }: Findings, evidence: Evidence): Promise<void> {
  const { folder, manifest } = evidence;
  const scored = await scorePredictions(evidence, orderPredictions(evidence));
  const stored = await readScores(folder);
  if (scored && !stored) differences.push(`there is no ${RUN_FILES.scores}`);
  const resampling = stored?.intervals && (stored.resampling ?? RESAMPLING_DEFAULTS);
  const report = scored && reportScores(scored, { intervals: resampling });
  const found = stored ? findDifferences(stored, report) : [];
  if (found.length > 0) differences.push(`${RUN_FILES.scores} (${listDifferences(found, "now")})`);
  const signatures = scored ? collectSignatures(scored.results, scored.missing.length) : {};
  const signed = findDifferences(manifest.metricSignatures ?? {}, signatures);
  if (signed.length > 0) differences.push(`metricSignatures (${listDifferences(signed, "now")})`);
}
