import { join } from "node:path";
import { VERSION } from "@simvlm/metrics";
import { hashFile } from "../files/hash.js";
import { staysInside } from "../files/inside.js";
import { readText } from "../files/text.js";
import { listIds } from "../formats/ids.js";
import type { TableChoice } from "../metric-data/supply-tables.js";
import type { Outcome } from "../tasks/prediction.js";
import { completeSettings, type TaskData } from "../tasks/task.js";
import { checkAnswers } from "./check-answers.js";
import { DataFolder } from "./data-folder.js";
import { findDifferences, listDifferences } from "./differences.js";
import { type Evidence, Findings } from "./findings.js";
import { countFailures, orderPredictions } from "./finish.js";
import { type Manifest, RUN_FILES, readManifest } from "./manifest.js";
import { findImages, findPlace, requireDataFolder } from "./place.js";
import { describeRepeated, readLog } from "./predictions-log.js";
import { readCode } from "./provenance.js";
import { findChangedFiles, isSealed } from "./seal-run.js";
import { describeData, selectExamples } from "./selection.js";
import { namePlugins, taskOfRun } from "./task-of-run.js";
import { checkScores, nameVerified } from "./verify-scores.js";
import { checkPictures, checkSeal } from "./verify-seal.js";

/** What came of looking at a run. */
export interface Verification {
  readonly manifest: Manifest;
  /** What was looked at and found as the manifest says. */
  readonly confirmed: readonly string[];
  /** What differs, a sentence each; empty for a run that is what it says. */
  readonly differences: readonly string[];
  /** What could not be looked at, and what another version of this program does otherwise. */
  readonly notes: readonly string[];
}

/** What is verified of a run. */
export interface VerifyOptions {
  /** Whether its files were written anew, from a report that has a seal of its own; default false. */
  readonly isUnpacked?: boolean;
  /** Which data and models metrics use; default those that the run was scored with. */
  readonly tables?: TableChoice | undefined;
}

/**
 * Whether a run is what its manifest says: hashes data files, ids and, where it is there, the model or the predictions
 * file once more, makes the results and the scores of the run's metrics once more, and compares.
 * @param data where the data lie, if not where the run says
 * @throws SimvlmError `missing-data`, `unknown-task`, and what `readManifest` throws
 */
export async function verifyRun(
  folder: string,
  data?: string | DataFolder,
  { isUnpacked = false, tables }: VerifyOptions = {},
): Promise<Verification> {
  const manifest = await readManifest(folder);
  const task = taskOfRun(manifest);
  const place = data ?? requireDataFolder(manifest.data, folder);
  const dataFolder =
    typeof place === "string" ? new DataFolder(place, { images: findImages(manifest.data, folder) }) : place;
  const findings = new Findings(findDifferences(manifest.code, await readCode()).length === 0);
  const loaded = await findings.check("data", () => checkData(findings, { task, manifest, dataFolder, folder }));
  await checkSource(findings, manifest, folder);
  const isLogChanged =
    !isUnpacked && isSealed(folder) && (await findChangedFiles(folder)).includes(RUN_FILES.predictions);
  const nameLog = () => (isLogChanged ? undefined : "predictions");
  const outcomes = await findings.check("predictions", () => checkLog(findings, folder), nameLog);
  if (loaded && outcomes) {
    const evidence = { folder, manifest, task, data: loaded, dataFolder, outcomes, tables };
    checkExamples(findings, evidence);
    await findings.check("results", () => checkResults(findings, evidence));
    await findings.check("scores", () => checkScores(findings, evidence), nameVerified);
    if (!isUnpacked) {
      await findings.check("pictures", () => checkPictures(findings, evidence), nothing);
      await findings.check(RUN_FILES.seal, () => checkSeal(findings, evidence), nothing);
    }
  }
  if (manifest.code.version !== VERSION) {
    findings.notes.push(`made by version ${manifest.code.version}, verified by ${VERSION}`);
  }
  const { confirmed, differences, notes } = findings;
  return { manifest, confirmed, differences, notes };
}

/** Of checks that say themselves what they have confirmed. */
const nothing = () => undefined;

interface DataEvidence extends Pick<Evidence, "folder" | "manifest" | "task"> {
  readonly dataFolder: DataFolder;
}

async function checkData(findings: Findings, { task, manifest, dataFolder, folder }: DataEvidence): Promise<TaskData> {
  const settings = completeSettings(task, manifest.settings);
  const data = await dataFolder.load(task, settings);
  const { folder: _, fromRun: __, images: ___, ...then } = manifest.data;
  const described = await describeData({ folder: dataFolder, split: settings.split, data }, manifest, folder);
  const { folder: ____, fromRun: _____, images: ______, ...now } = described;
  findings.compare(`data of ${dataFolder.path}`, findDifferences(then, now));
  return data;
}

async function checkSource(findings: Findings, manifest: Manifest, folder: string): Promise<void> {
  const { source, sourceAt } = manifest;
  if (!sourceAt) return;
  const path = findPlace(sourceAt, folder);
  if (path === undefined) {
    findings.notes.push(`${sourceAt.folder}, which made the predictions, is no longer there: not hashed`);
    return;
  }
  if (source.kind === "model" && !(await isFamilyKnownHere(path))) {
    const family = `its family of models (${source.family}) is not known here`;
    findings.notes.push(
      `${sourceAt.folder}, which made the predictions: ${family}: not hashed.${namePlugins(manifest)}`,
    );
    return;
  }
  await findings.check(source.kind === "predictions" ? "predictions file" : "checkpoint", async () => {
    const then = { sha256: source.hashes ?? source.sha256 };
    findings.compare(path, findDifferences(then, { sha256: await hashSource(source, path) }));
  });
}

async function isFamilyKnownHere(checkpoint: string): Promise<boolean> {
  const { isFamilyKnown } = await import("../models/family-registry.js"); // the engine is loaded only for this
  return isFamilyKnown(checkpoint);
}

async function hashSource({ kind, hashes }: Manifest["source"], path: string): Promise<unknown> {
  if (kind === "transformers") {
    const { hashCheckpoint } = await import("../checkpoints/hash-checkpoint.js");
    return hashCheckpoint(path, namesOfFiles(hashes));
  }
  if (kind !== "model") return hashFile(path);
  const { hashModel } = await import("../models/family-registry.js");
  return hashModel(path);
}

/** The files that a manifest names, as far as they are the folder's own. */
function namesOfFiles(hashes: unknown): string[] {
  const { files } = Object(hashes) as { readonly files?: unknown };
  return Object.keys(Object(files)).filter(staysInside);
}

async function checkLog({ differences }: Findings, folder: string): Promise<readonly Outcome[]> {
  const log = await readLog(folder);
  const { outcomes, torn } = log;
  differences.push(...describeRepeated(log));
  if (torn) differences.push(`${RUN_FILES.predictions} ends in the middle of a line`);
  return outcomes;
}

function checkExamples({ differences }: Findings, { manifest, task, data, outcomes }: Evidence): void {
  const { failed, leftOut, flawed } = manifest;
  if (failed !== undefined) {
    const found = findDifferences({ failed, leftOut, flawed }, countFailures(outcomes));
    if (found.length > 0) differences.push(`what failed (${listDifferences(found, "now")})`);
  }
  differences.push(...checkAnswers({ source: manifest.source, task, data, outcomes }));
  const expected = new Set(selectExamples(data, manifest).map(({ id }) => id));
  const unknown = outcomes.filter(({ id }) => !expected.delete(id)).map(({ id }) => id);
  if (unknown.length > 0)
    differences.push(`${RUN_FILES.predictions} has ${listIds(unknown)}, which are not examples of the run`);
  if (expected.size > 0) {
    const ids = listIds([...expected]);
    differences.push(`${RUN_FILES.predictions} lacks ${ids}: the run was stopped, or lines were removed`);
  }
}

async function checkResults({ differences }: Findings, evidence: Evidence): Promise<void> {
  const { folder, task } = evidence;
  const written = await readText(join(folder, task.resultsName));
  if (written !== task.formatResults(orderPredictions(evidence))) {
    differences.push(`${task.resultsName} does not follow from ${RUN_FILES.predictions}`);
  }
}
