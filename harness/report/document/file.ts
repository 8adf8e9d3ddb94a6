import { SimvlmError } from "@simvlm/metrics";
import { parseJson } from "../../files/parse-json.js";
import { Html, html, jsonForScript } from "../html.js";
import { stackViews } from "../stack.js";
import { renderPage, type View } from "../view.js";
import type { Figures, ReportData } from "./data.js";
import { hashText } from "./embedded-file.js";
import { ReportSchema } from "./report-schema.js";
import { Seal, sealValues } from "./seal.js";

/** A part of the page with a heading of its own. */
export interface Section {
  /** The word that addresses it within the page. */
  readonly id: string;
  readonly title: string;
  readonly content: readonly (View | Html)[];
}

const DATA_TAG = '<script type="application/json" id="simvlm-report">';
const SEAL_TAG = '<script type="application/json" id="simvlm-seal">';
const END_TAG = "</script>";

/**
 * The page of a report: what stands above, the sections, the data and the seal. The same arguments give the same bytes.
 */
export function writeReport(data: ReportData, above: Html, sections: readonly Section[]): string {
  const body = stackViews(sections.map(markSection));
  const embedded = html`${new Html(DATA_TAG)}${jsonForScript(data)}${new Html(END_TAG)}`;
  const unsealed = renderPage([above, body, embedded, new Html(SEAL_TAG + END_TAG)], { title: data.title });
  const seal: Seal = {
    format: 1,
    page: hashText(unsealed),
    sections: Object.fromEntries(
      [...readSections(unsealed)].map(([id, markup]): [string, string] => [id, hashText(markup)]),
    ),
    values: sealValues(JSON.parse(JSON.stringify(data))),
  };
  const place = unsealed.lastIndexOf(SEAL_TAG) + SEAL_TAG.length;
  return unsealed.slice(0, place) + jsonForScript(seal).markup + unsealed.slice(place);
}

/** The comments around a section cannot stand in what somebody wrote: there, each `<` is escaped. */
function markSection({ id, title, content }: Section): View {
  const inner = content.map((view) => ("libraries" in view ? view.markup : view));
  return {
    markup: html`<!--simvlm-section ${id}--><section id="${id}">
<h2>${title}</h2>
${inner.map((markup) => html`${markup}\n`)}</section><!--/simvlm-section-->`,
    libraries: content.flatMap((view) => ("libraries" in view ? view.libraries : [])),
    text: title,
  };
}

/** The sections' markup by their id, headings included. */
function readSections(page: string): Map<string, string> {
  const found = page.matchAll(/<!--simvlm-section ([\w-]+)-->(.*?)<!--\/simvlm-section-->/gs);
  return new Map([...found].map(([, id, markup]) => [id!, markup!]));
}

/** An attention explorer as it stands in a section. It is not part of the embedded data, which only has its hash. */
export function markFigure(id: string, markup: string): Html {
  return html`<!--simvlm-figure ${id}-->${new Html(markup)}<!--/simvlm-figure-->`;
}

function readFigures(page: string): Map<string, string> {
  const found = page.matchAll(/<!--simvlm-figure (.*?)-->(.*?)<!--\/simvlm-figure-->/gs);
  return new Map([...found].map(([, id, markup]) => [id!, markup!]));
}

/** A report as it was read from its file. */
export interface ReportFile {
  readonly data: ReportData;
  /** The attention explorers, by what {@link markFigure} called them. */
  readonly figures: Figures;
  readonly seal: Seal;
  readonly sections: ReadonlyMap<string, string>;
  /** SHA-256 of the page with an empty seal. */
  readonly page: string;
}

/**
 * Reads a report.
 * @param text the content of the file
 * @param path of the file, for messages
 * @throws SimvlmError `not-a-report`, `not-json`, `wrong-schema`
 */
export function readReport(text: string, path: string): ReportFile {
  const data = findScript(text, DATA_TAG, path);
  const seal = findScript(text, SEAL_TAG, path);
  return {
    data: parseData(data.content, path),
    seal: parseJson(seal.content, `${path}, the seal`, Seal),
    figures: readFigures(text.slice(0, data.start)),
    sections: readSections(text.slice(0, data.start)),
    page: hashText(text.slice(0, seal.start) + text.slice(seal.end)),
  };
}

/** As it stands there, down to the order of its fields: the schema only has a look at it. */
function parseData(content: string, path: string): ReportData {
  parseJson(content, `${path}, the embedded data`, ReportSchema);
  return JSON.parse(content) as ReportData;
}

function findScript(text: string, tag: string, path: string): { content: string; start: number; end: number } {
  // What comes last: data and seal stand at the end, and a view's data before.
  const start = text.lastIndexOf(tag) + tag.length;
  const end = text.indexOf(END_TAG, start);
  if (start >= tag.length && end >= 0) return { content: text.slice(start, end), start, end };
  throw new SimvlmError(
    "not-a-report",
    `${path} is not a report of \`simvlm report\`: it has no ${tag}. A browser that saves the page in its own way removes it.`,
  );
}
