import { html } from "../html.js";
import { browserScript, browserStyle } from "../script.js";
import type { View } from "../view.js";

/**
 * A button that scores the report again in its reader's browser; without scripts, what does the same.
 * @param hasReferences whether the report holds what it was scored with: if not, only its hashes can be looked at
 */
export function checkView({ hasReferences }: { readonly hasReferences: boolean }): View {
  const said = hasReferences
    ? html`Every number of this page can be checked against the predictions and references in it. Your browser computes them
again, offline: every score, the scores of single examples, intervals and p-values with the same seed.`
    : html`The references are not in this page, since they must not be passed on. So your browser cannot score the
predictions again, but only look whether everything in the page has the hash that it was written with.`;
  const other = hasReferences
    ? html`<code>simvlm verify</code> of this file does the same, and more.`
    : html`<code>simvlm verify</code> of this file, with the data, scores it again.`;
  return {
    markup: html`<div class="simvlm-check" data-name="${hasReferences ? "Check the scores" : "Check the hashes"}">${browserStyle("check")}
<p>${said}</p>
<p class="simvlm-static">Here no script runs: ${other}</p>
${browserScript("check")}</div>`,
    libraries: [],
    text: "Every number can be computed again in a browser, or by simvlm verify.",
  };
}
