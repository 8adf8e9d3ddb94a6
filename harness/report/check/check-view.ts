import { html } from "../html.js";
import { browserScript, browserStyle } from "../script.js";
import type { View } from "../view.js";

/** A button that scores the report again in its reader's browser; without scripts, what does the same. */
export function checkView(): View {
  return {
    markup: html`<div class="simvlm-check">${browserStyle("check")}
<p>Every number of this page follows from the predictions and references in it. Your browser can compute them again from
these, offline: every score, the scores of single examples, intervals and p-values with the same seed.</p>
<p class="simvlm-static">Here no script runs: <code>simvlm verify</code> of this file does the same, and more.</p>
${browserScript("check")}</div>`,
    libraries: [],
    text: "Every number can be computed again in a browser, or by simvlm verify.",
  };
}
