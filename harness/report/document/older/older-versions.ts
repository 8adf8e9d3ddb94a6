import type { RunComparison } from "../../../compare/comparison.js";
import { hashText } from "../../../files/hash.js";
import { formatCount } from "../../../terminal/numbers.js";
import type { Arrangement } from "../../arrangement.js";
import { escapeHtml } from "../../html.js";
import { loadLibrary } from "../../libraries.js";
import { browserFile } from "../../script.js";
import type { ReportData } from "../data.js";
import { STYLE } from "../report-style.js";
import type { OlderVersion, Rewording } from "./older-version.js";
import { VERSION_0_1 } from "./version-0-1.js";
import { VERSION_0_2 } from "./version-0-2.js";

/*
 * What released versions drew and worded otherwise than this one, so that the pages of their reports are compared to the
 * last byte, too. A change of what a page says belongs here as soon as a version that said it otherwise was released;
 * without that, pages of that version are told to be what this one would not write.
 */

const VERSIONS: ReadonlyMap<string, OlderVersion> = new Map([
  ["0.1.0", VERSION_0_1],
  ["0.2.0", VERSION_0_2],
]);

/** How both arranged their pages. */
export const OLDER_ARRANGEMENT: Arrangement = {
  isMainFirst: false,
  hasOneRange: false,
  isExplained: false,
  isPacked: false,
  isCheckable: false,
};

/** The style of their pages, and of their reports, by SHA-256. */
const PAGE_STYLES: Readonly<Record<string, () => string>> = {
  "98d5e03159aef4aa80de579dd41a154e4670244f2f7cb36be6543567bf8cb91b": () => browserFile("page", "css").markup,
  "60ed94df4c402ca7e7976635e98094a193328c5335f448e8a0120601b4658bf3": () => STYLE.markup,
};

/** Markup of this version, and what both wrote instead; no text of somebody's is markup. */
const MARKUP: readonly (readonly [now: RegExp, then: string])[] = [
  [/<html lang="en" class="simvlm-page">/, '<html lang="en">'],
  [/script-src [^"]*?; worker-src blob:;/, "script-src &#39;unsafe-inline&#39;;"],
  [/; form-action &#39;none&#39;; base-uri &#39;none&#39;">/, '">'],
  [/<style data-page>/g, "<style>"],
  [/<main>\n/, ""],
  [/<\/main>\n/, ""],
  [/<p class="view-title">([^<]*)<\/p>/g, "<h4>$1</h4>"],
  [/<wbr>/g, ""],
  [/<th scope="col" class=/g, "<th class="],
  [/<img alt="[^"]*" src="/g, '<img alt="" src="'],
  [/<div class="wide" tabindex="0" role="group" aria-label="[^"]*">/g, '<div class="wide">'],
  [/<thead><tr><th scope="col">(?:score|field)<\/th>/g, '<thead><tr><th scope="col"></th>'],
  [
    / as JSON, packed, in\nthe element <code>script#simvlm-report<\/code>/,
    " as JSON, in the element\n<code>script#simvlm-report</code>",
  ],
];

/** What is known of a released version that is older than this one; undefined for any other. */
export function findOlderVersion({ code: { version } }: Pick<ReportData, "code">): OlderVersion | undefined {
  return VERSIONS.get(version);
}

/** A page of this version, in the arrangement of the older one, as that would have worded it. */
export function rewordPage(page: string, data: ReportData, older: OlderVersion): string {
  const { setup } = loadLibrary("plotly");
  const texts: readonly Rewording[] = [[setup, ""], ...nameOurs(data), ...plainNumbers(data), ...older.page(data)];
  const marked = MARKUP.reduce((text, [now, then]) => text.replace(now, then), page);
  return texts.reduce((text, [now, then]) => text.replaceAll(now, () => then), marked);
}

/** Beside the paper, runs were "ours". */
function nameOurs({ comparison }: ReportData): Rewording[] {
  const json = (text: string) => JSON.stringify(text).replaceAll("<", "\\u003c");
  return comparison.runs.flatMap(({ label }): Rewording[] => [
    [
      `<td class="category">run</td><td class="text">${escapeHtml(label)}</td>`,
      `<td class="category">ours</td><td class="text">${escapeHtml(label)}</td>`,
    ],
    [`["run",${json(label)},`, `["ours",${json(label)},`],
  ]);
}

/** Counts had no separators, and the metrics' signatures stood in one line. */
function plainNumbers({ comparison }: ReportData): Rewording[] {
  const { examples, missing } = comparison.data;
  const { resamples } = comparison.resampling;
  const counts: readonly (readonly [before: string, count: number, after: string])[] = [
    [`<p>${escapeHtml(comparison.task)}, `, examples, " examples of "],
    ['<p class="remark">On all ', examples, " examples; "],
    ["<p>", missing, " examples of the split have no prediction.</p>"],
    [" bootstrap intervals, ", resamples, " resamples, seed "],
    [", from ", resamples, " resampled sets of examples, seed "],
  ];
  return [
    ...counts.map(
      ([before, count, after]): Rewording => [`${before}${formatCount(count)}${after}`, `${before}${count}${after}`],
    ),
    ...Object.values(comparison.signatures).map(
      (signature): Rewording => [`\n${escapeHtml(signature)}`, ` ${escapeHtml(signature)}`],
    ),
  ];
}

/** A sentence of this version as the older one had it. */
export function rewordSentence(sentence: string, older: OlderVersion | undefined): string {
  return (older?.sentences ?? []).reduce((text, [now, then]) => text.replace(now, () => then), sentence);
}

/** A comparison of this version with the sentences of the older one. */
export function rewordComparison(comparison: RunComparison, older: OlderVersion | undefined): RunComparison {
  const reword = (sentences: readonly string[]) => sentences.map((sentence) => rewordSentence(sentence, older));
  return {
    ...comparison,
    notes: reword(comparison.notes),
    paper: comparison.paper.map((table) => ({ ...table, remarks: reword(table.remarks) })),
  };
}

/** An older version's page, or a part of it, with this version's styles and scripts in the place of its own. */
export function renewCode(page: string, older: OlderVersion): string {
  return ["<style>", "<style data-shared>", "<script>", "<script data-shared>"].reduce(
    (text, open) => renewElements(text, open, older),
    page,
  );
}

function renewElements(page: string, open: string, { code }: OlderVersion): string {
  const close = open.startsWith("<style") ? "</style>" : "</script>";
  const parts: string[] = [];
  let done = 0;
  for (let at = page.indexOf(open); at >= 0; at = page.indexOf(open, done)) {
    const begin = at + open.length;
    const end = page.indexOf(close, begin);
    if (end < 0) break;
    const content = page.slice(begin, end);
    const hash = hashText(content);
    const known = Object.hasOwn(code, hash) ? browserFile(...code[hash]!).markup : undefined;
    const style = Object.hasOwn(PAGE_STYLES, hash) ? PAGE_STYLES[hash]!() : undefined;
    parts.push(page.slice(done, begin), known ?? style ?? content);
    done = end;
  }
  return parts.join("") + page.slice(done);
}
