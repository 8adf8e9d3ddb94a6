/** How a column's cells stand. */
export type Alignment = "left" | "right";

/** A table of texts, which a terminal, Markdown or LaTeX shows in its own way. */
export interface Table {
  readonly title?: string;
  readonly head: readonly string[];
  /** A cell for each column; a line feed parts what stands below each other, such as a score and its interval. */
  readonly rows: readonly (readonly string[])[];
  /** Columns of text, which stand to the left and say what a row is of; the rest are numbers (default 1). */
  readonly textColumns?: number;
  /** Of each column, where text and numbers alternate. */
  readonly alignments?: readonly Alignment[];
  /** Lines between all rows, between those that begin with a text, or none (default all). */
  readonly rules?: "all" | "groups" | "none";
  /** What is to be said right below it. */
  readonly remarks?: readonly string[];
}

/** What is said one below the other: tables and paragraphs. */
export type Block = Table | string;

/** How each column stands. */
export function alignmentsOf({ head, textColumns = 1, alignments = [] }: Table): Alignment[] {
  return head.map((_, i) => alignments[i] ?? (i < textColumns ? "left" : "right"));
}

/** Whether a line stands above a row, other than the first. */
export function hasRuleAbove({ rules = "all" }: Table, row: readonly string[]): boolean {
  return rules === "all" || (rules === "groups" && row[0] !== "");
}
