import Table from "cli-table3";

const NO_COLOURS = { head: [], border: [] };
const NO_RULES_BETWEEN_ROWS = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
const DECIMALS = 4;
const INTERVAL_DECIMALS = 3;

export interface TableOptions {
  /** Lines between the rows (default true). */
  readonly rules?: boolean;
  /** Columns of text, which stand to the left; the rest are numbers (default 1). */
  readonly textColumns?: number;
  /** Of each column, where text and numbers alternate. */
  readonly alignments?: readonly Table.HorizontalAlignment[];
}

/** A table without colours. */
export function createTable(head: string[], options: TableOptions = {}): Table.Table {
  const { rules = true, textColumns = 1, alignments = [] } = options;
  const colAligns = head.map((_, i) => alignments[i] ?? (i < textColumns ? "left" : "right"));
  return new Table({ head, colAligns, style: NO_COLOURS, ...(rules ? {} : { chars: NO_RULES_BETWEEN_ROWS }) });
}

/** With its interval on a line of its own, so that a row fits a terminal. */
export function formatScore(value: number, interval?: { low: number; high: number }): string {
  const fewer = value >= 10 ? 2 : 0;
  const score = value.toFixed(DECIMALS - fewer);
  if (!interval) return score;
  const [low, high] = [interval.low, interval.high].map((bound) => bound.toFixed(INTERVAL_DECIMALS - fewer));
  return `${score}\n[${low}, ${high}]`;
}

/** With thousands separators; `toLocaleString` takes 50 ms to load its tables. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function formatSigned(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(DECIMALS)}`;
}

export function formatProbability(p: number): string {
  return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}
