import Table from "cli-table3";

const NO_COLOURS = { head: [], border: [] };
const NO_RULES_BETWEEN_ROWS = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

/** How a table looks. */
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
