import { formatCount } from "../../terminal/numbers.js";
import { ARRANGEMENT } from "../arrangement.js";
import { type Html, html } from "../html.js";
import type { Report, ReportData } from "./data.js";
import { type Section, writeReport } from "./file.js";
import { STYLE } from "./report-style.js";
import { describeRuns } from "./sections/runs.js";
import { listSections } from "./sections/sections.js";

/**
 * The whole file, made from nothing but what it embeds. The same report gives the same bytes.
 * @param arrangement of an older version, to compare with a page of its
 */
export async function renderReport(report: Report, arrangement = ARRANGEMENT): Promise<string> {
  const { data } = report;
  const sections = await listSections(report, arrangement);
  return writeReport(data, renderTop(data, sections), sections, arrangement);
}

function renderTop(data: ReportData, sections: readonly Section[]): Html {
  const { title, comparison, code } = data;
  const { examples, folder, split } = comparison.data;
  return html`<style data-page>${STYLE}</style>
<header>
<h1>${title}</h1>
<p>${comparison.task}, ${formatCount(examples)} examples of ${folder}, split ${split}.</p>
${describeRuns(data)}
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
<p class="aside">Made by <code>simvlm report</code> ${code.version}; it opens offline and loads nothing from anywhere.
<code>simvlm verify</code> scores again what it embeds; <code>simvlm diff</code> says how it differs from another report.</p>
</header>`;
}
