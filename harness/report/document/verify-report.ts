import { dirname } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashText } from "../../files/hash.js";
import { listIds } from "../../formats/ids.js";
import type { ProgramOptions } from "../../metric-data/spice/judge-captions.js";
import { DataFolder } from "../../runs/data-folder.js";
import type { Manifest } from "../../runs/manifest.js";
import { readsPictures } from "../../runs/picture-hash.js";
import { taskOfRun } from "../../runs/task-of-run.js";
import { verifyRun } from "../../runs/verify-run.js";
import { findNamedMetrics, splitByData } from "../../tasks/choose-metrics.js";
import { completeSettings, type TaskData } from "../../tasks/task.js";
import { isBeside } from "../picture-address.js";
import { buildReport } from "./build.js";
import type { ReportData } from "./data.js";
import { extractFiles } from "./embedded-file.js";
import { openReport } from "./file.js";
import type { Finding } from "./finding.js";
import { isLeftOut } from "./left-out.js";
import { checkBeside } from "./pictures-beside.js";
import { compareRebuilt, withoutMetrics } from "./rebuilt.js";
import { checkTryPages } from "./try-pages.js";
import { type UnpackedReport, withUnpacked } from "./unpack.js";
import { checkFolder } from "./verify-folder.js";
import { checkDrawing, checkFigures, checkSections, checkValues, isOurs } from "./verify-page.js";
import { restoreFiles } from "./withhold.js";

/** What checking a report has found. */
export interface ReportVerification {
  readonly title: string;
  /** What was checked and found to be right, one sentence each. */
  readonly confirmed: readonly string[];
  /** What differs, one sentence each; empty for a report that is unchanged and right. */
  readonly differences: readonly string[];
  /** What could not be checked. */
  readonly notes: readonly string[];
}

const LISTED = 12;

const NO_PICTURES: Finding = {
  differences: [],
  skipped:
    "the data set's pictures are not in the report: that its small pictures show them, and that the runs were shown them, is not confirmed. With the data's folder it is",
};

/**
 * Checks that a report is what was written, and that the numbers it shows follow from what it embeds: it hashes the
 * page, the data and the files, scores the predictions again, compares the runs again, and draws the page again.
 * @param dataFolder where the data are, to hash them as well
 * @param how SPICE's program works
 * @throws SimvlmError what {@link readReport} throws, `unknown-task` and `stopped`
 */
export async function verifyReport(
  path: string,
  dataFolder?: string,
  { program }: { readonly program?: ProgramOptions | undefined } = {},
): Promise<ReportVerification> {
  const file = await openReport(path);
  const { data } = file;
  const checks: readonly (readonly [string, () => Promise<Finding> | Finding])[] = [
    ["values", () => checkValues(file)],
    ["sections", () => checkSections(file)],
    ["data files", () => checkFiles(data)],
    ...(data.attention.figures.length > 0 ? [["attention maps", () => checkFigures(file)] as const] : []),
    ["scores", () => checkScores(data, dataFolder, program)],
    ["drawing", () => checkDrawing(file, path)],
    ...(Object.values(data.pictures).some(isBeside)
      ? [["pictures beside the page", () => checkBeside(data, dirname(path))] as const]
      : []),
    ...(data.runs.some(({ tryPage }) => tryPage)
      ? [["models' pages", () => checkTryPages(data, dirname(path))] as const]
      : []),
    ...(dataFolder === undefined ? [] : [[dataFolder, () => checkFolder(data, dataFolder, dirname(path))] as const]),
    ...(dataFolder === undefined && data.runs.some(({ manifest }) => readsPictures(manifest))
      ? [["pictures", () => NO_PICTURES] as const]
      : []),
  ];
  const confirmed: string[] = [];
  const differences: string[] = [];
  const notes: string[] = [];
  for (const [what, check] of checks) {
    const finding = await attempt(check);
    if (finding.differences.length === 0 && finding.skipped === undefined) confirmed.push(finding.confirmed ?? what);
    differences.push(...list(finding.differences));
    notes.push(...(finding.notes ?? []), ...(finding.skipped === undefined ? [] : [finding.skipped]));
  }
  return { title: file.data.title, confirmed, differences, notes };
}

/** What cannot be read is a finding, too; not that this program lacks the task. */
async function attempt(check: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof SimvlmError) || ["unknown-task", "stopped"].includes(error.code)) throw error;
    return { differences: [error.message] };
  }
}

function list(differences: readonly string[]): string[] {
  const more = differences.length - LISTED;
  return [...differences.slice(0, LISTED), ...(more > 0 ? [`and ${more} more of this kind`] : [])];
}

function checkFiles({ data: { files }, withheld }: ReportData): Finding {
  if (withheld && files.every(isLeftOut)) {
    return { differences: [], skipped: "the data files are not in the report, but only their hashes" };
  }
  const contents = extractFiles(files);
  const broken = files.filter(({ sha256 }, i) => hashText(contents[i]!) !== sha256);
  return {
    differences: broken.map(
      ({ path }) => `the embedded ${path} does not have the SHA-256 that the report gives for it`,
    ),
  };
}

const WITHHELD: Finding = {
  differences: [],
  skipped:
    "the references are not in the report, since they must not be passed on: that its numbers follow from the predictions is not confirmed. With the data's folder it is",
};

async function checkScores(
  found: ReportData,
  dataFolder: string | undefined,
  program?: ProgramOptions,
): Promise<Finding> {
  if (found.withheld && dataFolder === undefined) return WITHHELD;
  const report = found.withheld ? await restoreFiles(found, new DataFolder(dataFolder!)) : found;
  const isSameCode = await isOurs(report);
  return withUnpacked(report, async (unpacked) => {
    const differences: string[] = [];
    const notes: string[] = [];
    const dataFolder = new DataFolder(unpacked.dataFolder, { keepsBytes: true });
    for (const [i, folder] of unpacked.runs.entries()) {
      const found = await verifyRun(folder, dataFolder, { isUnpacked: true, tables: { program } });
      const name = (text: string) => `run ${report.runs[i]!.label}: ${nameHere(text, unpacked)}`;
      differences.push(...found.differences.map(name));
      notes.push(...found.notes.map(name));
    }
    const { resampling, signatures, bootstrapTest = "shifted", correction, paper, paraphrases } = report.comparison;
    const known = findNamedMetrics(taskOfRun(report.runs[0]!.manifest), Object.keys(signatures));
    const { examples } = await loadExamples(report.runs[0]!.manifest, dataFolder);
    const { metrics, lacking } = await splitByData(known.metrics, signatures, examples);
    const unknown = [...known.unknown, ...lacking.map(({ title }) => title)];
    const named = new Set(report.runs.flatMap(({ manifest }) => Object.keys(manifest.metricSignatures ?? {})));
    for (const { title, why } of lacking.filter(({ title }) => !named.has(title))) {
      notes.push(`${title} is not confirmed: ${why}`);
    }
    for (const title of known.unknown.filter((title) => !named.has(title))) {
      notes.push(`there is no metric ${title} here: not scored again. A plug-in may define it.`);
    }
    if (metrics.length === 0 && unknown.length > 0) {
      return {
        differences,
        notes,
        skipped: "the runs were not compared again: none of the metrics can be computed here",
      };
    }
    let skipped: string | undefined;
    const rebuilt = await buildReport(unpacked.runs, {
      ...resampling,
      bootstrapTest,
      correct: correction,
      paraphrases,
      paper: paper.length > 0,
      prices: report.comparison.runs.map(({ price }) => price),
      metrics: metrics.map(({ name }) => name),
      slices: report.sliced,
      examples: report.shown,
      thumbnails: report.thumbnails ?? 0,
      ...(report.withoutPictures && { pictures: "none" }),
      explore: 0,
      withoutReferences: report.withheld,
      dataFolder,
      isUnpacked: true,
      program,
    }).catch((error: unknown) => {
      if (!(error instanceof SimvlmError) || error.code === "stopped") throw error;
      if (error.code === "spice-failed") skipped = `the runs were not compared again: ${error.message}`;
      else differences.push(nameHere(error.message, unpacked));
    });
    const compared = rebuilt
      ? compareRebuilt(withoutMetrics(report, unknown, rebuilt.data), rebuilt.data, isSameCode)
      : { differences: [], notes: [] };
    return {
      differences: [...differences, ...compared.differences],
      notes: [...notes, ...compared.notes],
      skipped,
      ...(unknown.length > 0 && { confirmed: `scores of ${listIds(metrics.map(({ name, title = name }) => title))}` }),
    };
  });
}

/** None where the data cannot be read, which is told of each run. */
async function loadExamples(manifest: Manifest, dataFolder: DataFolder): Promise<Pick<TaskData, "examples">> {
  const task = taskOfRun(manifest);
  return dataFolder.load(task, completeSettings(task, manifest.settings)).catch((error: unknown) => {
    if (error instanceof SimvlmError) return { examples: [] };
    throw error;
  });
}

/** A message about unpacked files, without the temporary folder. */
function nameHere(message: string, { root }: UnpackedReport): string {
  return message.replaceAll(`${root}/`, "");
}
