import type { Cell, ColumnKind, CompleteColumn } from "../../tables/table-data.js";
import { element } from "../element.js";
import { parseRange } from "./ranges.js";
import { keyOf } from "./render-cell.js";

type Field = HTMLInputElement | HTMLSelectElement;

/** The field above a column, and whether a cell passes what stands in it. */
export interface Filter {
  readonly field: (column: CompleteColumn, cells: readonly Cell[]) => Field;
  readonly passes: (typed: string, cell: Cell) => boolean;
}

/** Columns of numbers are narrow: what else may stand there is said where the pointer rests. */
const RANGE = { placeholder: "range…", title: "a range such as 1–2, or > 1, or < 2" };

/** The filter of each kind of column; pictures have none. */
export const FILTERS: Readonly<Partial<Record<ColumnKind, Filter>>> = {
  text: {
    field: textField({ placeholder: "contains…" }),
    passes: (typed, cell) => matchesWords(String(cell ?? ""), typed),
  },
  category: { field: listField, passes: (chosen, cell) => cell === chosen },
  number: { field: textField(RANGE), passes: passesRange },
  figure: { field: textField(RANGE), passes: passesRange },
  interval: { field: textField(RANGE), passes: passesRange },
  probability: { field: textField(RANGE), passes: passesRange },
};

/** Whether all words of the query are found in the text, in any order. */
export function matchesWords(text: string, query: string): boolean {
  const lower = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** What cannot be read lets every cell pass. */
function passesRange(typed: string, cell: Cell): boolean {
  const passes = parseRange(typed);
  const key = keyOf(cell);
  return !passes || (typeof key === "number" && passes(key));
}

function textField(hints: Readonly<Record<string, string>>): Filter["field"] {
  return (column) => {
    const input = element("input", { type: "search", ...hints, "aria-label": `Filter ${column.title}` });
    const isNumber = column.kind !== "text";
    input.addEventListener("input", () => {
      const isWrong = isNumber && input.value.trim() !== "" && !parseRange(input.value.trim());
      input.setAttribute("aria-invalid", String(isWrong));
    });
    return input;
  };
}

function listField(column: CompleteColumn, cells: readonly Cell[]): HTMLSelectElement {
  const counts = new Map<string, number>();
  for (const cell of cells) if (cell !== null) counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
  const options = [...counts].map(([value, count]) => element("option", { value }, `${value} (${count})`));
  return element(
    "select",
    { "aria-label": `Filter ${column.title}` },
    element("option", { value: "" }, "all"),
    ...options,
  );
}
