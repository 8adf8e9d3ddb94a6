import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder, makeTemporaryFolder } from "../../files/folders.js";
import { fileInside } from "../../files/inside.js";
import { attemptWrite } from "../../files/system-error.js";
import { formatManifest, RUN_FILES } from "../../runs/manifest.js";
import { formatOutcomes } from "../../runs/predictions-log.js";
import { taskOfRun } from "../../runs/task-of-run.js";
import { isFailure, type Prediction } from "../../tasks/prediction.js";
import type { ReportData, ReportedRun } from "./data.js";
import { extractFiles } from "./embedded-file.js";

/** A report's runs and data as files, just as they were when it was made. */
export interface UnpackedReport {
  /** The folder of each run, in their order. */
  readonly runs: readonly string[];
  readonly dataFolder: string;
  /** The folder that all of them are in. */
  readonly root: string;
}

/**
 * Unpacks a report's runs and data into a temporary folder, calls `use` with it, and removes it.
 * @throws SimvlmError `unsafe-path`, `broken-report`, and what `use` throws
 */
export async function withUnpacked<T>(report: ReportData, use: (unpacked: UnpackedReport) => Promise<T>): Promise<T> {
  const contents = extractFiles(report.data.files);
  const root = await makeTemporaryFolder("report");
  try {
    const inside = (...names: string[]) => fileInside(root, join(...names), "the report");
    const { folder, images, files } = report.data;
    const dataFolder = inside("data", folder);
    // Where pictures are looked for decides what they are called.
    await makeFolder(fileInside(dataFolder, images || "images-none", "the report"));
    for (const [i, { path }] of files.entries()) await write(fileInside(dataFolder, path, "the report"), contents[i]!);
    const runs = report.runs.map(({ name }) => inside("runs", name));
    for (const [i, run] of report.runs.entries()) await writeRun(runs[i]!, run);
    return await use({ root, runs, dataFolder });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function writeRun(folder: string, { manifest, outcomes, scores }: ReportedRun): Promise<void> {
  // What predicted is not in the report.
  const { sourceAt: _, ...rest } = manifest;
  const predictions = outcomes.filter((outcome): outcome is Prediction => !isFailure(outcome));
  const task = taskOfRun(manifest);
  const put = (name: string, content: string) => write(join(folder, name), content);
  await put(RUN_FILES.manifest, formatManifest(rest));
  await put(RUN_FILES.predictions, formatOutcomes(outcomes));
  await put(task.resultsName, task.formatResults(predictions));
  if (scores) await put(RUN_FILES.scores, JSON.stringify(scores));
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await makeFolder(dirname(path));
  await attemptWrite(path, () => writeFile(path, content));
}
