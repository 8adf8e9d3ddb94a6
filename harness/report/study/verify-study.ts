import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { makeFolder, makeTemporaryFolder } from "../../files/folders.js";
import { hashText } from "../../files/hash.js";
import { fileInside } from "../../files/inside.js";
import { parseJson, parseJsonLines } from "../../files/parse-json.js";
import { isShallow } from "../../files/schema.js";
import { attemptWrite } from "../../files/system-error.js";
import { readText } from "../../files/text.js";
import { readCode } from "../../runs/provenance.js";
import { measureStudy, type StudyResults, type StudySource } from "../../study/measure-study.js";
import { sourceOf } from "../../study/run-study.js";
import { StudyCellSchema } from "../../study/study-cell.js";
import { StudyRecipeSchema } from "../../study/study-recipe.js";
import type { Prediction } from "../../tasks/prediction.js";
import { EmbeddedFileSchema, extractFiles } from "../document/embedded-file.js";
import { findLastScript } from "../document/last-script.js";
import { compareLeaves, quoteLeaf } from "../document/leaves.js";
import { unpackText } from "../document/packed-text.js";
import type { ReportVerification } from "../document/verify-report.js";
import { renderStudyReport, STUDY_TAG } from "./study-page.js";
import type { SaidLine, StudyReport } from "./study-report.js";

/** Opens the data in pages of versions up to 0.2.0, as JSON. */
const PLAIN_STUDY_TAG = '<script type="application/json" id="simvlm-study">';

const ReportSchema = z
  .object({
    format: z.literal(1),
    version: z.string(),
    commit: z.string().optional(),
    study: z.object({
      format: z.literal(1),
      recipe: StudyRecipeSchema,
      cells: z.array(StudyCellSchema),
      results: z.looseObject({}),
    }),
    seconds: z.record(z.string(), z.record(z.string(), z.number())),
    data: z.array(EmbeddedFileSchema),
    picture: z.string().optional(),
    predictions: z.array(EmbeddedFileSchema),
  })
  .refine((report) => isShallow(report), "expected a report that is nested less deeply")
  .describe("the report of a study");

const Said = z
  .object({ variant: z.string(), seed: z.int(), id: z.string(), prediction: z.string() })
  .describe("what a variant said of an example");

/**
 * The report of a study, as its page has it; undefined for any other page.
 * @throws SimvlmError what `readText` throws, `broken-report`, `not-json`, `wrong-schema`
 */
export async function openStudyReport(path: string): Promise<{ report: StudyReport; page: string } | undefined> {
  const page = await readText(path);
  const packed = findLastScript(page, STUDY_TAG);
  const json = packed ? unpackText(packed.content, path) : findLastScript(page, PLAIN_STUDY_TAG)?.content;
  if (json === undefined) return undefined;
  parseJson(json, `${path}, the embedded study`, ReportSchema);
  return { report: JSON.parse(json) as StudyReport, page };
}

/**
 * Checks that a study's report is what was written, and that its numbers follow from what it embeds: hashes the files,
 * scores the predictions again, compares the variants again, and draws the page again.
 * @throws SimvlmError `unknown-task`, and what unpacking throws
 */
export async function verifyStudyReport({
  report,
  page,
}: {
  report: StudyReport;
  page: string;
}): Promise<ReportVerification> {
  const confirmed: string[] = [];
  const differences: string[] = [];
  const check = (what: string, found: readonly string[]) => {
    if (found.length === 0) confirmed.push(what);
    differences.push(...found);
  };
  const files = [...report.data, ...report.predictions];
  const contents = extractFiles(files);
  const broken = files.filter(({ sha256 }, i) => hashText(contents[i]!) !== sha256);
  check(
    "files",
    broken.map(({ path }) => `the embedded ${path} does not have the SHA-256 that the report gives for it`),
  );
  const results = await compareResults(report);
  check("scores and comparisons", results);
  const notes = [
    "curves, times and maps of attention were measured, and are not confirmed: only a training makes them again",
  ];
  const { version, commit } = await readCode();
  const isOurs = version === report.version && commit === report.commit;
  // What does not follow from the predictions may have whatever shape, and is not to be drawn.
  if (results.length > 0) notes.push("the page was not drawn again, since its numbers are not right");
  else if ((await renderStudyReport(report)) === page) confirmed.push("drawing");
  else if (isOurs) differences.push("the page is not the one that follows from what it embeds");
  else {
    const maker = `version ${report.version}${report.commit === undefined ? "" : ` (${report.commit.slice(0, 10)})`}`;
    notes.push(
      `drawn, it says, by ${maker}: this one draws another page of the same numbers, so what is shown is not confirmed`,
    );
  }
  return { title: report.study.recipe.title, confirmed, differences, notes };
}

const LISTED = 12;

async function compareResults(report: StudyReport): Promise<string[]> {
  try {
    const now = await measureAgain(report);
    const found = compareLeaves(report.study.results, JSON.parse(JSON.stringify(now)) as StudyResults);
    const listed = found.slice(0, LISTED).map(({ path, first, second }) => {
      return `results: ${path} is ${quoteLeaf(first)}, but ${quoteLeaf(second)} follows from the predictions`;
    });
    return [...listed, ...(found.length > LISTED ? [`and ${found.length - LISTED} more of this kind`] : [])];
  } catch (error) {
    if (!(error instanceof SimvlmError) || error.code === "unknown-task") throw error;
    return [error.message];
  }
}

async function measureAgain({ study, data, predictions }: StudyReport): Promise<StudyResults> {
  const contents = extractFiles(data);
  const root = await makeTemporaryFolder("study");
  try {
    for (const { data: folder } of study.recipe.tests)
      await makeFolder(join(fileInside(root, folder, "the study"), "images"));
    for (const [i, { path }] of data.entries()) {
      const file = fileInside(root, path, "the study");
      await makeFolder(dirname(file));
      await attemptWrite(file, () => writeFile(file, contents[i]!));
    }
    const { load } = sourceOf([], root);
    return await measureStudy(study.recipe, { load, predictions: readSaid(predictions) });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function readSaid(files: StudyReport["predictions"]): StudySource["predictions"] {
  const contents = extractFiles(files);
  const byTest = new Map<string, readonly SaidLine[]>();
  for (const [i, { path }] of files.entries()) {
    byTest.set(path.replace(/\.jsonl$/, ""), parseJsonLines(contents[i]!.toString("utf8"), path, Said));
  }
  return (variant, seed, test) => {
    const lines = (byTest.get(test) ?? []).filter((line) => line.variant === variant && line.seed === seed);
    return lines.length === 0 ? undefined : lines.map(({ id, prediction }): Prediction => ({ id, prediction }));
  };
}
