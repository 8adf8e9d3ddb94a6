import type { ExampleColumn, ExampleTable } from "../../examples/example-table.js";
import type { Cell } from "../../tables/table-data.js";
import { element } from "../element.js";
import { compareCells } from "../table/render-cell.js";
import { GridHead, type Order } from "./grid-head.js";

/** In pixels: every row is as high as each other, so that none has to be measured. */
const ROW_HEIGHT = 62;
const MOST_HEIGHT = 560;
const HEAD_HEIGHT = 76;
/** Rows that are drawn beyond those in sight, each way. */
const SPARE = 6;
/** Of columns, in pixels; texts grow where there is room. */
const WIDTHS: Readonly<Record<ExampleColumn["shows"], number>> = {
  picture: 92,
  id: 110,
  kind: 130,
  asked: 180,
  answer: 210,
  reference: 210,
  score: 110,
  difference: 100,
  outcome: 104,
};

/** What a grid is told with, and whom it tells. */
export interface GridEvents {
  /** A cell's content. */
  readonly draw: (column: number, row: number) => Node;
  /** The reader wants to see a row, or none. */
  readonly onChoose: (row: number | undefined) => void;
  /** Other rows are shown, or in another order. */
  readonly onChange: () => void;
}

/** Rows that are drawn as they come in sight, however many there are; sorted and filtered by their columns. */
export class Grid {
  readonly element: HTMLElement;
  #table: ExampleTable;
  readonly #events: GridEvents;
  readonly #body = element("div", { class: "rows", role: "rowgroup" });
  readonly #head = new GridHead({
    onSort: (column) => this.show({ order: this.#nextOrder(column) }),
    onFilter: () => this.refresh(),
  });
  readonly #drawn = new Map<number, HTMLElement>();
  #passes: (row: number) => boolean = () => true;
  #order: Order | undefined;
  #rows: readonly number[] = [];
  #chosen: number | undefined;

  constructor(table: ExampleTable, events: GridEvents) {
    this.#table = table;
    this.#events = events;
    const template = table.columns.map(({ kind, shows }) =>
      kind === "text" && shows !== "id" ? `minmax(${WIDTHS[shows]}px, 1fr)` : `${WIDTHS[shows]}px`,
    );
    const width = table.columns.reduce((sum, { shows }) => sum + WIDTHS[shows], 0);
    const inner = element(
      "div",
      { class: "inner", role: "presentation" },
      element("div", { role: "rowgroup", class: "head" }, this.#head.element),
      this.#body,
    );
    this.element = element("div", { class: "grid", role: "grid", tabindex: "0", "aria-label": "Every example" }, inner);
    this.element.setAttribute("aria-colcount", String(table.columns.length));
    this.element.style.setProperty("--columns", template.join(" "));
    this.element.style.setProperty("--width", `${width}px`);
    this.element.style.setProperty("--row", `${ROW_HEIGHT}px`);
    this.element.style.height = `${Math.min(MOST_HEIGHT, HEAD_HEIGHT + 20 + ROW_HEIGHT * table.rows.length)}px`;
    this.element.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.element.addEventListener("keydown", (event) => this.#press(event));
    this.#body.addEventListener("click", ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
      if (row) events.onChoose(Number(row.dataset.row));
    });
    this.#head.show(table);
    new ResizeObserver(() => this.#draw()).observe(this.element);
    this.refresh();
  }

  /** The places of the rows that are shown, in their order. */
  get rows(): readonly number[] {
    return this.#rows;
  }

  /** By what they are ordered; undefined: as in the data. */
  get order(): Order | undefined {
    return this.#order;
  }

  /** What is typed above each column. */
  get filters(): string[] {
    return this.#head.filters;
  }

  /**
   * Shows other rows, or these in another order.
   * @param passes whether a row is shown, if the filters let it pass
   */
  show(to: {
    readonly filters?: readonly string[];
    readonly order?: Order | undefined;
    readonly passes?: (row: number) => boolean;
  }): void {
    if (to.filters) this.#head.filters = to.filters;
    if ("order" in to) this.#order = to.order;
    if (to.passes) this.#passes = to.passes;
    this.refresh();
  }

  /** Shows another table of the same rows and kinds of columns: filters and order are those of the same columns. */
  replace(table: ExampleTable): void {
    const typed = this.filters;
    this.#table = table;
    this.#head.show(table);
    this.show({ filters: typed });
  }

  /** Marks a row. */
  choose(row: number | undefined, scroll: boolean): void {
    this.#chosen = row;
    if (row !== undefined && scroll) this.#scrollTo(this.#rows.indexOf(row));
    for (const [place, drawn] of this.#drawn) markRow(drawn, place === row);
    this.#draw();
  }

  /** Finds the rows that are shown anew, as after cells have become others. */
  refresh(): void {
    const { rows } = this.#table;
    const tests = this.#head.tests(this.#table);
    const shown = [...rows.keys()].filter((row) => this.#passes(row) && tests.every((passes) => passes(rows[row]!)));
    const order = this.#order;
    if (order) {
      const sign = order.direction === "asc" ? 1 : -1;
      const cellOf = (row: number): Cell => rows[row]![order.column] ?? null;
      shown.sort((a, b) => sign * compareCells(cellOf(a), cellOf(b), order.direction) || a - b);
    }
    this.#head.markOrder(order);
    this.#rows = shown;
    this.element.setAttribute("aria-rowcount", String(shown.length + 1));
    this.#body.style.height = `${shown.length * ROW_HEIGHT}px`;
    this.#body.replaceChildren(...(shown.length === 0 ? [element("p", {}, "No examples match.")] : []));
    this.#drawn.clear();
    this.#draw();
    this.#events.onChange();
  }

  /** Numbers begin with the largest, texts with A; a third click puts rows back in their own order. */
  #nextOrder(column: number): Order | undefined {
    const first = this.#table.columns[column]!.kind === "number" ? "desc" : "asc";
    if (this.#order?.column !== column) return { column, direction: first };
    return this.#order.direction === first ? { column, direction: first === "asc" ? "desc" : "asc" } : undefined;
  }

  #press(event: KeyboardEvent): void {
    const { key, target } = event;
    if (target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#chosen === undefined ? -1 : this.#rows.indexOf(this.#chosen);
    const page = Math.max(1, Math.floor((this.element.clientHeight - HEAD_HEIGHT) / ROW_HEIGHT));
    const last = this.#rows.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ...{ ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1 },
      ...{ PageDown: at + page, PageUp: at - page, Home: 0, End: last },
    };
    if (key === "Escape") this.#events.onChoose(undefined);
    else if (!Object.hasOwn(moves, key) || last < 0) return;
    else {
      const place = Math.min(last, Math.max(0, moves[key]!));
      this.#scrollTo(place);
      this.#events.onChoose(this.#rows[place]);
    }
    event.preventDefault();
  }

  /** So far that a row is in sight below the head. */
  #scrollTo(place: number): void {
    if (place < 0) return;
    const { scrollTop, clientHeight } = this.element;
    const room = clientHeight - this.#headHeight();
    const top = place * ROW_HEIGHT;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + room) this.element.scrollTop = top + ROW_HEIGHT - room;
  }

  #headHeight(): number {
    return this.#body.offsetTop || HEAD_HEIGHT;
  }

  /** The rows in sight and some around them. */
  #draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - SPARE);
    const end = Math.min(this.#rows.length, Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + SPARE);
    const wanted = new Set(this.#rows.slice(first, end));
    for (const [row, drawn] of this.#drawn) {
      if (wanted.has(row)) continue;
      drawn.remove();
      this.#drawn.delete(row);
    }
    for (let place = first; place < end; place++) {
      const row = this.#rows[place]!;
      if (this.#drawn.has(row)) continue;
      const drawn = this.#drawRow(row, place);
      this.#drawn.set(row, drawn);
      this.#body.append(drawn);
    }
  }

  #drawRow(row: number, place: number): HTMLElement {
    const cells = this.#table.columns.map(({ kind, shows }, column) =>
      element("div", { role: "gridcell", class: `${kind} ${shows}` }, this.#events.draw(column, row)),
    );
    const drawn = element(
      "div",
      { role: "row", "data-row": String(row), "aria-rowindex": String(place + 2) },
      ...cells,
    );
    drawn.style.top = `${place * ROW_HEIGHT}px`;
    markRow(drawn, row === this.#chosen);
    return drawn;
  }
}

function markRow(drawn: HTMLElement, isChosen: boolean): void {
  drawn.classList.toggle("chosen", isChosen);
  drawn.setAttribute("aria-selected", String(isChosen));
}
