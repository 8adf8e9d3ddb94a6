import { element } from "../element.js";

/** Columns that a page of A4 has beside the first, where each holds a number with its interval. */
const MOST_COLUMNS = 5;

/**
 * Of the page's tables with a column for each run, puts those that are wider than paper below themselves in parts, as
 * they are printed: each begins with the first column again.
 */
export function splitPlainTables(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>(".wide > table.plain:only-child")) {
    for (const small of table.querySelectorAll("small")) keepTogether(small);
    const columns = Math.max(0, (table.rows[0]?.cells.length ?? 0) - 1);
    if (columns <= MOST_COLUMNS) continue;
    const size = Math.ceil(columns / Math.ceil(columns / MOST_COLUMNS));
    const starts = Array.from({ length: Math.ceil(columns / size) }, (_, i) => 1 + i * size);
    table.classList.add("split");
    table.after(...starts.map((start) => createPart(table, start, start + size)));
  }
}

function createPart(table: HTMLTableElement, start: number, end: number): HTMLElement {
  const part = table.cloneNode(true) as HTMLTableElement;
  part.classList.replace("split", "part");
  for (const { cells } of part.rows) {
    for (const [i, cell] of [...cells].entries()) if (i > 0 && (i < start || i >= end)) cell.remove();
  }
  return element("div", { class: "on-paper" }, part);
}

/** An interval and a p-value are not broken within themselves. */
function keepTogether({ childNodes }: Element): void {
  for (const node of childNodes) {
    if (node instanceof Text) node.data = node.data.replace(/(?<=\d,|<|\bp) /g, "\u00a0");
  }
}
