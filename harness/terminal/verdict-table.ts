import type { Verdict } from "../compare/gate/judge.js";
import { line } from "./printable.js";
import type { Table } from "./tables.js";

/** What came of each condition, those that failed first. */
export function verdictTable(verdicts: readonly Verdict[]): Table {
  const sorted = [...verdicts].sort((a, b) => Number(b.failed) - Number(a.failed));
  const failed = verdicts.filter((verdict) => verdict.failed).length;
  const count = verdicts.length === 1 ? "1 condition" : `${verdicts.length} conditions`;
  return {
    title: failed === 0 ? `Passed: ${count}` : `Failed: ${failed} of ${count}`,
    head: ["", "condition", "found"],
    rows: sorted.map(({ failed, condition, reason }) => [failed ? "failed" : "passed", line(condition), line(reason)]),
    textColumns: 3,
    rules: "none",
  };
}
