import { formatCount, formatPercent } from "../../../terminal/numbers.js";
import type { Arrangement } from "../../arrangement.js";
import { explainMetric, READING } from "../../glossary.js";
import { type Html, html } from "../../html.js";
import type { ReportData } from "../data.js";
import { plainTable } from "../plain-table.js";

/** The data files and the metrics, with their signatures. */
export function showData(
  { data: { files }, comparison: { data, signatures } }: ReportData,
  { isExplained }: Arrangement,
): Html {
  const missing =
    data.missing > 0 && html`<p>${formatCount(data.missing)} examples of the split have no prediction.</p>`;
  const rows = files.map(({ path, sha256 }) => ({ cells: [path, html`<code>${sha256}</code>`] }));
  const metrics = Object.entries(signatures).map(([metric, signature]) => ({
    cells: [metric, ...(isExplained ? [explainMetric(metric)] : []), html`<code>${signature}</code>`],
  }));
  return html`${missing}${plainTable({ name: "Data files", head: ["data file", "SHA-256"], rows })}
<h3>Metrics</h3>
${metrics.length > 0 ? plainTable({ name: "Metrics", head: ["metric", ...(isExplained ? ["what it says"] : []), "signature"], rows: metrics }) : html`<p>Nothing was scored.</p>`}`;
}

/** The runs' manifests, folded. */
export function showManifests({ runs, withheld }: ReportData): Html {
  return html`${runs.map(
    ({
      label,
      manifest,
    }) => html`<details><summary>${label}</summary><pre>${JSON.stringify(manifest, null, 2)}</pre></details>
`,
  )}<p class="remark">The manifests, the predictions, ${withheld ? "hashes of the data files" : "the data files"} and every number above are in this file as JSON, packed, in
the element <code>script#simvlm-report</code>.</p>`;
}

/** What one has to know to read the numbers. */
export function showNotes(
  { comparison: { notes, warnings = [], resampling, scores, differences }, remarks }: ReportData,
  { isExplained }: Arrangement,
): Html {
  const { resamples, confidence, seed } = resampling;
  const interval = `Intervals: ${formatPercent(confidence)}, from ${formatCount(resamples)} resampled sets of examples, seed ${seed}.`;
  const reading = [
    ...(scores.length > 0 ? [READING.interval, READING.signature] : []),
    ...(differences.length > 0 ? [READING.probability] : []),
  ];
  const all = [...warnings, interval, ...(isExplained ? reading : []), ...notes, ...remarks];
  return html`<ul>${all.map((note) => html`<li>${note}</li>`)}</ul>`;
}
