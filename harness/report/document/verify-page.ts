import { hashText } from "../../files/hash.js";
import { readCode } from "../../runs/provenance.js";
import { isFailure } from "../../tasks/prediction.js";
import { printable } from "../../terminal/printable.js";
import { ARRANGEMENT, type Arrangement } from "../arrangement.js";
import { redrawExplorer } from "../explorer/redraw-explorer.js";
import { chooseExamples, FIRST_REASON } from "./choose-examples.js";
import { comparePages } from "./compare-pages.js";
import type { AttentionFigure, Figures, ReportData } from "./data.js";
import { formatSeal, type ReportFile, readReport, sealPage } from "./file.js";
import type { Finding } from "./finding.js";
import { compareLeaves, quoteLeaf } from "./leaves.js";
import { isHarmlessFigure } from "./older/older-figure.js";
import type { OlderVersion } from "./older/older-version.js";
import { findOlderVersion, OLDER_ARRANGEMENT, renewCode, rewordPage, rewordSentence } from "./older/older-versions.js";
import { renderReport } from "./report-page.js";
import { listPictures, tellMissing } from "./report-pictures.js";
import { findChangedValues, sealValues } from "./seal.js";
import { nameFigure } from "./sections/attention-section.js";

/** Whether this very code drew the report. */
export async function isOurs({ code }: ReportData): Promise<boolean> {
  return compareLeaves(await readCode(), code).length === 0;
}

/** Whether each value of the data is what was sealed. */
export function checkValues({ data, seal }: ReportFile): Finding {
  const { changed, removed } = findChangedValues(data, seal);
  return {
    differences: [
      ...changed.map(([path, value]) => `${path} was changed after the report was written: it is ${quoteLeaf(value)}`),
      ...(removed > 0 ? [`${removed} values of the embedded data were removed`] : []),
    ],
  };
}

/** Whether each section, and the page as a whole, is what was sealed. */
export function checkSections(file: ReportFile): Finding {
  const { sections, seal, sealText, unsealed, data } = file;
  const ids = [...new Set([...Object.keys(seal.sections), ...sections.keys()])];
  const changed = ids.filter((id) => hashText(sections.get(id) ?? "") !== seal.sections[id]);
  const differences = changed.map((id) => `the section "${id}" of the page was changed after it was written`);
  const isNamed = differences.length > 0 || checkValues(file).differences.length > 0;
  if (isNamed) return { differences };
  if (hashText(unsealed) !== seal.page) {
    return { differences: ["the page was changed after it was written, outside of its sections"] };
  }
  return {
    differences:
      sealText === formatSeal(sealPage(unsealed, sealValues(data, seal.format))) ? [] : ["the seal itself was changed"],
  };
}

/** Whether each attention explorer follows from the data that it embeds, and shows what the report says of it. */
export async function checkFigures({ data, figures }: ReportFile): Promise<Finding> {
  const older = findOlderVersion(data);
  const differences = checkReasons(data, older);
  let unconfirmed = 0;
  for (const [place, figure] of data.attention.figures.entries()) {
    const markup = figures.get(nameFigure(place)) ?? "";
    const name = `the attention maps of ${figure.id}`;
    if (hashText(markup) !== figure.sha256) differences.push(`${name} were changed after they were drawn`);
    else if (older && isHarmlessFigure(markup, older)) unconfirmed++;
    else differences.push(...(await checkFigure(markup, figure, data, older)).map((problem) => `${name} ${problem}`));
  }
  return {
    differences,
    ...(unconfirmed > 0 && {
      skipped: `the attention maps were drawn by version ${data.code.version}, which did not keep what they were drawn from: nothing foreign runs in them, but what they show is not confirmed`,
    }),
  };
}

/** Whether each example was chosen for the reason that is given. */
function checkReasons(
  { examples, runs, attention: { figures } }: ReportData,
  older: OlderVersion | undefined,
): string[] {
  const labels = figures[0]!.runs;
  const places = labels.map((label) => runs.findIndex((run) => run.label === label));
  if (places.includes(-1)) return [`the attention maps are of ${labels.join(" and ")}: there is no such run`];
  const values = places.map((place) => examples?.values[place] ?? []);
  const chosen = examples ? chooseExamples(examples, labels, values, examples.ids.length) : [];
  const reasons = new Map(chosen.map(({ id, why }) => [id, rewordSentence(why, older)]));
  return figures.flatMap(({ id, why }) => {
    const reason = examples ? (reasons.get(id) ?? "none") : FIRST_REASON;
    return why === reason
      ? []
      : [`the reason for the attention maps of ${id} is said to be "${why}", but is "${reason}"`];
  });
}

/** Whether what is said of pictures that are missing follows from those that are there. */
function checkRemarks(data: ReportData): string[] {
  const missing = listPictures(data).filter((name) => !Object.hasOwn(data.pictures, name));
  const expected = tellMissing(missing).map((remark) => rewordSentence(remark, findOlderVersion(data)));
  const isRight = data.remarks.join("\n") === expected.join("\n");
  return isRight ? [] : ["the remarks are not those on the pictures that are missing"];
}

async function checkFigure(
  markup: string,
  figure: AttentionFigure,
  data: ReportData,
  older: OlderVersion | undefined,
): Promise<string[]> {
  const where = `The attention maps of ${figure.id}`;
  const { panes, markup: again } = await redrawExplorer(markup, where);
  const asNow = await comparePages(markup, again, "their data");
  const asThen = asNow.length > 0 && older ? await compareFigures(markup, where, older) : asNow;
  const problems = asThen.length === 0 ? [] : asNow;
  const labels = panes.map(({ source }) => source);
  if (labels.join("\n") !== figure.runs.map(printable).join("\n"))
    problems.push(`are those of ${labels.join(" and ")}`);
  for (const [i, { caption }] of panes.entries()) {
    const run = data.runs.find(({ label }) => label === figure.runs[i]);
    const outcome = run?.outcomes.find(({ id }) => id === figure.id);
    const said = outcome && !isFailure(outcome) ? outcome.prediction : undefined;
    if (said === undefined || !isSameText(said, caption)) {
      problems.push(`are of the caption ${JSON.stringify(caption)}, which ${figure.runs[i]} did not say`);
    }
  }
  return problems;
}

/** An explorer that an older version drew, with this version's style and script, beside what follows from its data. */
async function compareFigures(markup: string, where: string, older: OlderVersion): Promise<string[]> {
  const { markup: again } = await redrawExplorer(markup, where, OLDER_ARRANGEMENT);
  return comparePages(renewCode(markup, older), again, "their data");
}

/** A model's tokens give a text back up to white space, case and how its characters are composed. */
function isSameText(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => printable(text).normalize("NFKC").toLowerCase().replace(/\s+/g, ""));
  return first === second;
}

/** Whether the page is, to the last byte, what this version draws of the embedded data, or what an older one drew. */
export async function checkDrawing(file: ReportFile, path: string): Promise<Finding> {
  const { data, unpacked } = file;
  const older = findOlderVersion(data);
  const remarks = checkRemarks(data);
  const drawn = await renderReport({ data, figures: await redrawFigures(file, older, ARRANGEMENT) });
  const asNow = await comparePages(unpacked, readReport(drawn, path).unpacked);
  if (asNow.length === 0) return { differences: remarks };
  const { version, commit } = data.code;
  const maker = `version ${version}${commit === undefined ? "" : ` (${commit.slice(0, 10)})`}`;
  const asThen = older && (await compareWithOlder(file, path, older));
  // What differs less is what it is meant to be.
  if (asThen && asThen.length <= asNow.length) {
    return {
      differences: [...remarks, ...asThen],
      notes: [`drawn by ${maker}, and compared with what is known of its pages`],
    };
  }
  if (await isOurs(data)) return { differences: [...remarks, ...asNow] };
  const unknown = `drawn, it says, by ${maker}: this version draws another page of the same data, so what this one shows is not confirmed`;
  return { differences: [...remarks, ...asNow, unknown] };
}

async function compareWithOlder(file: ReportFile, path: string, older: OlderVersion): Promise<string[]> {
  const { data } = file;
  const figures = await redrawFigures(file, older, OLDER_ARRANGEMENT);
  const drawn = await renderReport({ data, figures }, OLDER_ARRANGEMENT);
  return comparePages(renewCode(file.unpacked, older), rewordPage(readReport(drawn, path).unpacked, data, older));
}

/** Those that cannot be drawn again are left out, so that the page differs by them. */
async function redrawFigures(
  { data, figures }: ReportFile,
  older: OlderVersion | undefined,
  arrangement: Arrangement,
): Promise<Figures> {
  const redrawn = new Map<string, string>();
  for (const [place, { id }] of data.attention.figures.entries()) {
    const name = nameFigure(place);
    const markup = figures.get(name) ?? "";
    if (older && isHarmlessFigure(markup, older)) redrawn.set(name, markup);
    else {
      const again = await redrawExplorer(markup, `The attention maps of ${id}`, arrangement).catch(() => undefined);
      redrawn.set(name, again?.markup ?? "");
    }
  }
  return redrawn;
}

/** In what a page is not what a version of this program has drawn of its data, one sentence each; its scores are taken at their word. */
export async function checkPage(file: ReportFile, path: string): Promise<string[]> {
  const checks = [
    checkValues(file),
    checkSections(file),
    ...(file.data.attention.figures.length > 0 ? [checkFigures(file)] : []),
    checkDrawing(file, path),
  ];
  return (await Promise.all(checks)).flatMap(({ differences }) => differences);
}
