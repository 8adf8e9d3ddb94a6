import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashFile } from "../../files/hash.js";
import { fileInside } from "../../files/inside.js";
import { readText } from "../../files/text.js";
import { listIds } from "../../formats/ids.js";
import { DataFolder } from "../../runs/data-folder.js";
import { readCode } from "../../runs/provenance.js";
import { taskOfRun } from "../../runs/task-of-run.js";
import { verifyRun } from "../../runs/verify-run.js";
import { findNamedMetrics } from "../../tasks/choose-metrics.js";
import { buildReport } from "./build.js";
import type { ReportData } from "./data.js";
import { extractFile, hashText } from "./embedded-file.js";
import { type ReportFile, readReport } from "./file.js";
import { compareLeaves, quoteLeaf } from "./leaves.js";
import { compareRebuilt, withoutMetrics } from "./rebuilt.js";
import { renderReport } from "./report-page.js";
import { findChangedValues } from "./seal.js";
import { nameFigure } from "./sections/attention-section.js";
import { describeChange } from "./text-change.js";
import { type UnpackedReport, withUnpacked } from "./unpack.js";

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

/**
 * Checks that a report is what was written, and that the numbers it shows follow from what it embeds: it hashes the
 * page, the data and the files, scores the predictions again, compares the runs again, and draws the page again.
 * @param dataFolder where the data are, to hash them as well
 * @throws SimvlmError what {@link readReport} throws, and `unknown-task`
 */
export async function verifyReport(path: string, dataFolder?: string): Promise<ReportVerification> {
  const text = await readText(path);
  const file = readReport(text, path);
  const { data } = file;
  const checks: readonly (readonly [string, () => Promise<Finding> | Finding])[] = [
    ["values", () => checkValues(file)],
    ["sections", () => checkPage(file)],
    ["data files", () => checkFiles(data)],
    ...(data.attention.figures.length > 0 ? [["attention maps", () => checkFigures(file)] as const] : []),
    ["scores", () => checkScores(data)],
    ["drawing", () => checkDrawing(file, path)],
    ...(dataFolder === undefined ? [] : [[dataFolder, () => checkFolder(data, dataFolder)] as const]),
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

interface Finding {
  readonly differences: readonly string[];
  readonly notes?: readonly string[];
  /** What has been confirmed, where it is not all. */
  readonly confirmed?: string | undefined;
  /** Why it was not looked at. */
  readonly skipped?: string;
}

/** What cannot be read is a finding, too; not that this program lacks the task. */
async function attempt(check: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof SimvlmError) || error.code === "unknown-task") throw error;
    return { differences: [error.message] };
  }
}

function list(differences: readonly string[]): string[] {
  const more = differences.length - LISTED;
  return [...differences.slice(0, LISTED), ...(more > 0 ? [`and ${more} more of this kind`] : [])];
}

function checkValues({ data, seal }: ReportFile): Finding {
  const { changed, removed } = findChangedValues(data, seal.values);
  return {
    differences: [
      ...changed.map(([path, value]) => `${path} was changed after the report was written: it is ${quoteLeaf(value)}`),
      ...(removed > 0 ? [`${removed} values of the embedded data were removed`] : []),
    ],
  };
}

function checkPage({ sections, seal, page, data }: ReportFile): Finding {
  const ids = [...new Set([...Object.keys(seal.sections), ...sections.keys()])];
  const changed = ids.filter((id) => hashText(sections.get(id) ?? "") !== seal.sections[id]);
  const differences = changed.map((id) => `the section "${id}" of the page was changed after it was written`);
  const isNamed = differences.length > 0 || findChangedValues(data, seal.values).changed.length > 0;
  if (page === seal.page || isNamed) return { differences };
  return { differences: ["the page was changed after it was written, outside of its sections"] };
}

function checkFiles({ data: { files } }: ReportData): Finding {
  const broken = files.filter((file) => hashText(extractFile(file)) !== file.sha256);
  return {
    differences: broken.map(
      ({ path }) => `the embedded ${path} does not have the SHA-256 that the report gives for it`,
    ),
  };
}

function checkFigures({ data, figures }: ReportFile): Finding {
  const changed = data.attention.figures.filter(({ sha256 }, place) => {
    return hashText(figures.get(nameFigure(place)) ?? "") !== sha256;
  });
  return { differences: changed.map(({ id }) => `the attention maps of ${id} were changed after they were drawn`) };
}

/** Whether this very code drew the report. */
async function isOurs({ code }: ReportData): Promise<boolean> {
  return compareLeaves(await readCode(), code).length === 0;
}

async function checkScores(report: ReportData): Promise<Finding> {
  const isSameCode = await isOurs(report);
  return withUnpacked(report, async (unpacked) => {
    const differences: string[] = [];
    const notes: string[] = [];
    const dataFolder = new DataFolder(unpacked.dataFolder, { keepsBytes: true });
    for (const [i, folder] of unpacked.runs.entries()) {
      const found = await verifyRun(folder, dataFolder);
      const name = (text: string) => `run ${report.runs[i]!.label}: ${nameHere(text, unpacked)}`;
      differences.push(...found.differences.map(name));
      notes.push(...found.notes.map(name));
    }
    const { resampling, signatures } = report.comparison;
    const { metrics, unknown } = findNamedMetrics(taskOfRun(report.runs[0]!.manifest), Object.keys(signatures));
    const named = new Set(report.runs.flatMap(({ manifest }) => Object.keys(manifest.metricSignatures ?? {})));
    for (const title of unknown.filter((title) => !named.has(title))) {
      notes.push(`there is no metric ${title} here: not scored again. A plug-in may define it.`);
    }
    if (metrics.length === 0 && unknown.length > 0) {
      return { differences, notes, skipped: "the runs were not compared again: none of the metrics is known here" };
    }
    const rebuilt = await buildReport(unpacked.runs, {
      ...resampling,
      metrics: metrics.map(({ name }) => name),
      examples: report.shown,
      explore: 0,
      dataFolder,
    }).catch((error: unknown) => {
      if (!(error instanceof SimvlmError)) throw error;
      differences.push(nameHere(error.message, unpacked));
    });
    const compared = rebuilt
      ? compareRebuilt(withoutMetrics(report, unknown, rebuilt.data), rebuilt.data, isSameCode)
      : { differences: [], notes: [] };
    return {
      differences: [...differences, ...compared.differences],
      notes: [...notes, ...compared.notes],
      ...(unknown.length > 0 && { confirmed: `scores of ${listIds(metrics.map(({ name, title = name }) => title))}` }),
    };
  });
}

/** A message about unpacked files, without the temporary folder. */
function nameHere(message: string, { root }: UnpackedReport): string {
  return message.replaceAll(`${root}/`, "");
}

async function checkDrawing({ data, figures, sections }: ReportFile, path: string): Promise<Finding> {
  if (!(await isOurs(data))) {
    const { version, commit } = data.code;
    const drawn = `version ${version}${commit === undefined ? "" : ` (${commit.slice(0, 10)})`}`;
    return { differences: [], skipped: `drawn by ${drawn} of this library, not by this one: not drawn again` };
  }
  const again = readReport(await renderReport({ data, figures }), path).sections;
  return {
    differences: [...again].flatMap(([id, markup]) => {
      const found = sections.get(id) ?? "";
      return found === markup ? [] : [`the section "${id}" of the page ${describeChange(markup, found)}`];
    }),
  };
}

async function checkFolder({ data: { files } }: ReportData, folder: string): Promise<Finding> {
  const differences: string[] = [];
  for (const { path, sha256 } of files) {
    const file = fileInside(folder, path, "the report");
    if (!existsSync(file)) differences.push(`${join(folder, path)} is not there`);
    else if ((await hashFile(file)) !== sha256)
      differences.push(`${join(folder, path)} is not what the report was made from`);
  }
  return { differences };
}
