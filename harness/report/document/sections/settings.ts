import type { Html } from "../../html.js";
import type { ReportData, ReportedRun } from "../data.js";
import { listLeaves } from "../leaves.js";
import { plainTable } from "../plain-table.js";

/** What was asked of the runs and how texts were decoded, a column a run; what differs is marked. */
export function showSettings({ runs }: ReportData): Html {
  return compareFields(runs, ({ manifest: { settings, decoding, seed, limit, provider, source } }) => ({
    ...settings,
    decoding,
    seed,
    limit,
    provider,
    source,
  }));
}

/** Code, packages and machine, a column a run. */
export function showEnvironment({ runs }: ReportData): Html {
  return compareFields(runs, ({ manifest: { code, packages, platform } }) => ({ code, platform, packages }));
}

function compareFields(runs: readonly ReportedRun[], fieldsOf: (run: ReportedRun) => unknown): Html {
  const columns = runs.map((run) => listLeaves(fieldsOf(run)));
  const fields = [...new Set(columns.flatMap((leaves) => [...leaves.keys()]))];
  const rows = fields.map((field) => {
    const values = columns.map((leaves) => (leaves.get(field) ?? "").replace(/^"(.*)"$/s, "$1"));
    return { cells: [field, ...values], marked: new Set(values).size > 1 };
  });
  return plainTable({ head: ["", ...runs.map(({ label }) => label)], rows });
}
