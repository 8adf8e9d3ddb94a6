import { Html, html } from "../../html.js";
import type { ReportData, ReportedRun } from "../data.js";
import { listLeaves } from "../leaves.js";
import { plainTable } from "../plain-table.js";

/** What was asked of the runs and how texts were decoded, with a column for each run. */
export function showSettings({ runs }: ReportData): Html {
  return compareFields(
    runs,
    ({ manifest: { settings, decoding, seed, limit, provider, source } }) => ({
      ...settings,
      decoding,
      seed,
      limit,
      provider,
      source,
    }),
    { open: true },
  );
}

/** Code, packages and machine, with a column for each run. */
export function showEnvironment({ runs }: ReportData): Html {
  return compareFields(runs, ({ manifest: { code, packages, platform } }) => ({ code, platform, packages }));
}

/** What differs beside each other; what does not, once. */
function compareFields(
  runs: readonly ReportedRun[],
  fieldsOf: (run: ReportedRun) => unknown,
  { open = false } = {},
): Html {
  const columns = runs.map((run) => listLeaves(fieldsOf(run)));
  const fields = [...new Set(columns.flatMap((leaves) => [...leaves.keys()]))];
  const rows = fields.map((field) => [field, ...columns.map((leaves) => unquote(leaves.get(field) ?? ""))]);
  const isShared = ([, ...values]: readonly string[]) => new Set(values).size === 1;
  const show = ([field = "", ...values]: readonly string[]) => ({ cells: [breakAtDots(field), ...values] });
  const differing = rows.filter((row) => !isShared(row)).map(show);
  const shared = rows.filter(isShared).map((row) => show(row.slice(0, 2)));
  if (runs.length === 1) return plainTable({ name: "Fields", head: ["field", runs[0]!.label], rows: shared });
  return html`${
    differing.length > 0
      ? plainTable({ name: "What differs", head: ["field", ...runs.map(({ label }) => label)], rows: differing })
      : html`<p>The same in all runs.</p>`
  }
<details${open && new Html(" open")}><summary>What is the same in all runs</summary>${plainTable({ name: "What is the same", head: ["field", "all runs"], rows: shared })}</details>`;
}

/** So that a name that is too long for its column is not broken within a word. */
function breakAtDots(field: string): Html {
  const [first, ...others] = field.split(".");
  return html`${first}${others.map((part) => html`.<wbr>${part}`)}`;
}

function unquote(json: string): string {
  return json.replace(/^"(.*)"$/s, "$1");
}
