import type { UsageSum } from "../tasks/usage.js";
import { formatCount } from "./numbers.js";
import { line } from "./printable.js";
import type { Table } from "./tables.js";

const COST_DIGITS = 4;
const SECONDS_DECIMALS = 2;

/** What is told of a run's usage, by the field. */
const COLUMNS: readonly { readonly head: string; readonly field: keyof UsageSum; tell(value: number): string }[] = [
  { head: "replies", field: "replies", tell: formatCount },
  { head: "from the cache", field: "fromCache", tell: formatCount },
  { head: "tokens in", field: "input", tell: formatCount },
  { head: "tokens out", field: "output", tell: formatCount },
  { head: "of thoughts", field: "reasoning", tell: formatCount },
  { head: "seconds per reply", field: "secondsPerReply", tell: (seconds) => seconds.toFixed(SECONDS_DECIMALS) },
  { head: "cost", field: "cost", tell: (cost) => String(Number(cost.toPrecision(COST_DIGITS))) },
];

/** A run with what its answers took. */
interface UsedRun {
  readonly label: string;
  readonly usage?: UsageSum;
}

/** What the answers of runs took, with the columns that any of them has; undefined where no server was asked. */
export function usageTable(runs: readonly UsedRun[]): Table | undefined {
  const columns = COLUMNS.filter(({ field }) => runs.some(({ usage }) => usage?.[field] !== undefined));
  if (columns.length === 0) return undefined;
  return {
    head: ["run", ...columns.map(({ head }) => head)],
    rows: runs.map(({ label, usage }) => [
      line(label),
      ...columns.map(({ field, tell }) => {
        const value = usage?.[field];
        return value === undefined ? "" : tell(value);
      }),
    ]),
    rules: "none",
  };
}

/** The same of one run, in a line: `Usage: 12 replies, 3 from the cache, 4,000 tokens in, …`. */
export function sayUsage(usage: UsageSum): string {
  const parts = COLUMNS.flatMap(({ head, field, tell }) => {
    const value = usage[field];
    if (value === undefined) return [];
    if (field === "cost") return [`${head} ${tell(value)}`];
    return [`${tell(value)} ${field === "replies" && value === 1 ? "reply" : head}`];
  });
  return `Usage: ${parts.join(", ")}.`;
}
