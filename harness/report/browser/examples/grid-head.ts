import type { ExampleTable } from "../../examples/example-table.js";
import type { Cell } from "../../tables/table-data.js";
import { element } from "../element.js";
import { FILTERS } from "../table/filters.js";

/** By which column rows are ordered. */
export interface Order {
  readonly column: number;
  readonly direction: "asc" | "desc";
}

/** What a grid's head tells. */
interface HeadEvents {
  /** A column's title was clicked. */
  readonly onSort: (column: number) => void;
  /** Something else stands above a column. */
  readonly onFilter: () => void;
}

/** The titles of a grid's columns, and what is typed below each. */
export class GridHead {
  readonly element = element("div", { role: "row" });
  readonly #events: HeadEvents;
  #titles: readonly HTMLElement[] = [];
  #fields: readonly (HTMLInputElement | HTMLSelectElement | undefined)[] = [];

  constructor(events: HeadEvents) {
    this.#events = events;
  }

  /** Shows the columns of a table, with empty filters. */
  show({ columns, rows }: ExampleTable): void {
    this.#fields = columns.map((column, i) => {
      const cells = column.kind === "category" ? rows.map((row) => row[i] ?? null) : [];
      const field = FILTERS[column.kind]?.field(column, cells);
      field?.addEventListener("input", this.#events.onFilter);
      return field;
    });
    this.#titles = columns.map(({ kind, shows, title, hint }, i) => {
      const isSorted = kind !== "picture";
      const name = isSorted
        ? element("button", { type: "button", ...(hint && { title: hint }) }, title)
        : element("span", {}, title);
      if (isSorted) name.addEventListener("click", () => this.#events.onSort(i));
      const field = this.#fields[i];
      return element("div", { role: "columnheader", class: `${kind} ${shows}` }, name, ...(field ? [field] : []));
    });
    this.element.replaceChildren(...this.#titles);
  }

  /** What is typed at each column. */
  get filters(): string[] {
    return this.#fields.map((field) => field?.value.trim() ?? "");
  }

  set filters(typed: readonly string[]) {
    for (const [i, field] of this.#fields.entries()) if (field) field.value = typed[i] ?? "";
  }

  /** What a row's cells must pass, a test for each column at which something is typed. */
  tests({ columns }: ExampleTable): ((cells: readonly Cell[]) => boolean)[] {
    return this.filters.flatMap((typed, i) => {
      const filter = FILTERS[columns[i]!.kind];
      return filter && typed !== "" ? [(cells: readonly Cell[]) => filter.passes(typed, cells[i] ?? null)] : [];
    });
  }

  /** Says by which column rows are ordered. */
  markOrder(order: Order | undefined): void {
    for (const [i, title] of this.#titles.entries()) {
      title.setAttribute("aria-sort", order?.column === i ? `${order.direction}ending` : "none");
    }
  }
}
