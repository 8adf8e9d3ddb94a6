import { formatCount } from "../../terminal/numbers.js";
import { html } from "../html.js";
import { browserScript, browserStyle } from "../script.js";
import type { View } from "../view.js";

/**
 * The table of every example of a report, which its script makes of the report's data. Without scripts, what is meant to
 * be here is said.
 * @param isScored whether the report holds what it was scored with, so that its scores can be explained
 */
export function examplesView(count: number, { isScored }: { readonly isScored: boolean }): View {
  const said = `${formatCount(count)} examples, each with what every run says of it: a table to search, sort and filter.`;
  return {
    markup: html`<div class="simvlm-examples">${isScored && browserStyle("why")}${browserStyle("examples")}
<p class="simvlm-static">${said} Here no script runs, so it is not shown; the data are in this file.</p>
${browserScript("examples")}</div>`,
    libraries: [],
    text: said,
  };
}
