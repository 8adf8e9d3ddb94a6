import type { RunComparison } from "../../../compare/comparison.js";
import type { ReportCheck } from "../../check/check-report.js";
import type { CheckedNumber } from "../../check/numbers.js";
import { pairShown, type ShownPage } from "../../check/shown-numbers.js";
import type { PlotJson } from "../../plots/plotly.js";
import type { TableJson } from "../../tables/table-data.js";

/** The numbers that the page shows its reader, beside what was computed. */
export function pairShownNumbers(
  { computed, unchecked, missing }: ReportCheck,
  comparison: RunComparison,
): CheckedNumber[] {
  if (missing.length > 0) return [];
  const left = new Set(unchecked.flatMap(({ scores }) => scores));
  return pairShown(collectNumbers(), computed, comparison, (score) => !left.has(score));
}

/** Tables and plots are read where they read themselves. */
function collectNumbers(): ShownPage {
  const table = document.querySelector("#summary table.plain");
  const rows = [...(table?.querySelectorAll("tbody tr") ?? [])];
  const tables = ["scores", "slices", "wins", "examples"].flatMap((section) =>
    readAll<TableJson>(section, ".simvlm-table"),
  );
  return {
    summary: rows.map((row) => [...row.children].map(({ textContent }) => textContent ?? "")),
    tables,
    plot: readAll<PlotJson>("domains", ".simvlm-plot")[0],
    slices: readAll<PlotJson>("slices", ".simvlm-plot"),
  };
}

function readAll<Data>(section: string, view: string): Data[] {
  const scripts = document.querySelectorAll(`#${section} ${view} > script[type="application/json"]`);
  return [...scripts].map(({ textContent }) => JSON.parse(textContent ?? "") as Data);
}
