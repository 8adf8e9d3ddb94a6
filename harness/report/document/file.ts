import { isUtf8 } from "node:buffer";
import { SimvlmError } from "@simvlm/metrics";
import { readBytes } from "../../files/bytes.js";
import { hashText } from "../../files/hash.js";
import { parseJson } from "../../files/parse-json.js";
import type { Arrangement } from "../arrangement.js";
import { Html, html, jsonForScript } from "../html.js";
import { isBeside } from "../picture-address.js";
import { stackViews } from "../stack.js";
import { renderPage, type View } from "../view.js";
import type { Figures, ReportData } from "./data.js";
import { findLastScript } from "./last-script.js";
import { packText, unpackText } from "./packed-text.js";
import { ReportSchema } from "./report-schema.js";
import { Seal, sealValues } from "./seal.js";
import type { SealedValues } from "./sealed-values.js";

/** A part of the page with a heading of its own. */
export interface Section {
  /** The word that addresses it within the page. */
  readonly id: string;
  readonly title: string;
  readonly content: readonly (View | Html)[];
}

/** Opens the embedded data, packed by {@link packText}. */
const DATA_TAG = '<script type="application/vnd.simvlm.words" id="simvlm-report">';
/** Opens them in pages of versions up to 0.2.0, as JSON. */
const PLAIN_DATA_TAG = '<script type="application/json" id="simvlm-report">';
const SEAL_TAG = '<script type="application/json" id="simvlm-seal">';
const END_TAG = "</script>";
/** Of sections and figures. */
const ID = /^[\w-]{1,40}$/;

/**
 * The page of a report: what stands above, the sections, the data and the seal. The same arguments give the same bytes,
 * up to how zlib packs on another machine.
 * @param isPacked whether the data are packed, as this version does it
 */
export async function writeReport(
  data: ReportData,
  above: Html,
  sections: readonly Section[],
  { isPacked }: Pick<Arrangement, "isPacked">,
): Promise<string> {
  const packing = isPacked ? packText(JSON.stringify(data)) : undefined; // other threads deflate while this one seals
  const sealed = sealValues(data);
  const body = stackViews(sections.map(markSection));
  const embedded = packing
    ? new Html(DATA_TAG + (await packing) + END_TAG)
    : html`${new Html(PLAIN_DATA_TAG)}${jsonForScript(data)}${new Html(END_TAG)}`;
  const unsealed = renderPage([above, body, embedded, new Html(SEAL_TAG + END_TAG)], {
    title: data.title,
    showsFiles: Object.values(data.pictures).some(isBeside),
  });
  return insertSeal(unsealed, formatSeal(sealPage(unsealed, sealed)));
}

/**
 * The seal of a page that has an empty one.
 * @param sealed what {@link sealValues} gives of its data
 */
export function sealPage(unsealed: string, { format, values, items }: SealedValues): Seal {
  return {
    format,
    page: hashText(unsealed),
    sections: Object.fromEntries(
      [...readSections(unsealed)].map(([id, markup]): [string, string] => [id, hashText(markup)]),
    ),
    values,
    ...(items && { items }),
  };
}

/** A seal as it stands in a page. */
export function formatSeal(seal: Seal): string {
  return jsonForScript(seal).markup;
}

function insertSeal(unsealed: string, seal: string): string {
  const place = unsealed.lastIndexOf(SEAL_TAG) + SEAL_TAG.length;
  return unsealed.slice(0, place) + seal + unsealed.slice(place);
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

/** The sections' markup by their id, headings included; of a page from somewhere, those that are well-formed. */
export function readSections(page: string): Map<string, string> {
  return readMarked(page, "section");
}

/** What stands between pairs of comments, by the id in the first. It takes no longer than the page is long. */
function readMarked(page: string, kind: "section" | "figure"): Map<string, string> {
  const [open, close] = [`<!--simvlm-${kind} `, `<!--/simvlm-${kind}-->`];
  const found = new Map<string, string>();
  for (let at = page.indexOf(open); at >= 0; ) {
    const named = page.indexOf("-->", at);
    const end = page.indexOf(close, named);
    if (named < 0 || end < 0) break;
    const id = page.slice(at + open.length, named);
    if (ID.test(id)) found.set(id, page.slice(named + "-->".length, end));
    at = page.indexOf(open, end);
  }
  return found;
}

/** An attention explorer as it stands in a section. It is not part of the embedded data, which only has its hash. */
export function markFigure(id: string, markup: string): Html {
  return html`<!--simvlm-figure ${id}-->${new Html(markup)}<!--/simvlm-figure-->`;
}

/** A report as it was read from its file. */
export interface ReportFile {
  readonly data: ReportData;
  /** The attention explorers, by what {@link markFigure} called them. */
  readonly figures: Figures;
  readonly seal: Seal;
  /** The seal as it stands in the page. */
  readonly sealText: string;
  readonly sections: ReadonlyMap<string, string>;
  /** The whole page with an empty seal. */
  readonly unsealed: string;
  /** The same with its data as JSON, however they were packed. */
  readonly unpacked: string;
}

/** In bytes: a report of all that may be embedded, and its maps. */
const LONGEST = 2 ** 28;
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Opens a report's file, byte for byte: nothing is unpacked, and a byte order mark is a part of the page, which no version
 * has written.
 * @throws SimvlmError `not-a-report`, what `readBytes` and {@link readReport} throw
 */
export async function openReport(path: string): Promise<ReportFile> {
  const bytes = await readBytes(path, LONGEST);
  if (bytes.subarray(0, GZIP.length).equals(GZIP)) {
    throw new SimvlmError(
      "not-a-report",
      `${path} is compressed with gzip, and a browser would not show it: it is not the page that was written. Unpack it first.`,
    );
  }
  if (!isUtf8(bytes)) {
    throw new SimvlmError("not-a-report", `${path} is not UTF-8, as every report is: it was changed or damaged.`);
  }
  return readReport(bytes.toString("utf8"), path);
}

/**
 * Reads a report.
 * @param text the content of the file
 * @param path of the file, for messages
 * @throws SimvlmError `not-a-report`, `broken-report`, `not-json`, `wrong-schema`
 */
export function readReport(text: string, path: string): ReportFile {
  const isPacked = text.lastIndexOf(DATA_TAG) > text.lastIndexOf(PLAIN_DATA_TAG);
  const data = requireScript(text, isPacked ? DATA_TAG : PLAIN_DATA_TAG, path);
  const seal = requireScript(text, SEAL_TAG, path);
  const json = isPacked ? unpackText(data.content, path) : data.content;
  const below = text.slice(data.end, seal.start) + text.slice(seal.end);
  return {
    data: parseData(json, path),
    seal: parseJson(seal.content, `${path}, the seal`, Seal),
    sealText: seal.content,
    figures: readMarked(text.slice(0, data.start), "figure"),
    sections: readSections(text.slice(0, data.start)),
    unsealed: text.slice(0, data.end) + below,
    unpacked: text.slice(0, data.start) + json + below,
  };
}

/** As it stands there, down to the order of its fields: the schema only has a look at it. */
function parseData(content: string, path: string): ReportData {
  parseJson(content, `${path}, the embedded data`, ReportSchema);
  return JSON.parse(content) as ReportData;
}

/** Where a page's embedded data begin, tag included; -1 for none. */
export function findData(page: string): number {
  return Math.max(page.lastIndexOf(DATA_TAG), page.lastIndexOf(PLAIN_DATA_TAG));
}

function requireScript(text: string, tag: string, path: string): { content: string; start: number; end: number } {
  const found = findLastScript(text, tag);
  if (found) return found;
  const lacks = `it has no ${tag}. A browser that saves the page in its own way removes it.`;
  const other = /^\s*(?:[{[]|$)/.exec(text)?.[0].trim();
  const why = other === undefined ? lacks : other === "" ? "it is empty." : "it is JSON, such as a notebook.";
  throw new SimvlmError("not-a-report", `${path} is not a report of \`simvlm report\`: ${why}`);
}
