import type { PlotlyFigure } from "../plots/plotly.js";

/*
 * What the scripts use of the libraries that a page has as global variables.
 */

type Json = Readonly<Record<string, unknown>>;

/** plotly.js. */
export interface PlotlyLibrary {
  readonly Icons: { readonly camera: unknown };
  /** Draws a plot, also in the place of one that is there. */
  react(root: HTMLElement, traces: PlotlyFigure["traces"], layout: Json, config: Json): Promise<unknown>;
  downloadImage(
    figure: { readonly data: PlotlyFigure["traces"]; readonly layout: Json },
    image: Json,
  ): Promise<unknown>;
}

/** The cell that a formatter of Tabulator is asked for. */
export interface TabulatorCell<Value> {
  getValue(): Value;
  /** Of its row. */
  getData(): TabulatorRow<Value>;
}

/** A row as Tabulator is given it, which has each cell by its place, too. */
export interface TabulatorRow<Value> {
  /** Its place in the data. */
  readonly id: number;
  readonly cells: readonly Value[];
}

/** A column of Tabulator that stands in the page. */
export interface TabulatorColumn<Value> {
  getElement(): HTMLElement;
  getDefinition(): TabulatorColumnDefinition<Value>;
}

/** A column as Tabulator is given it: the options that are used here. */
export interface TabulatorColumnDefinition<Value> {
  readonly field: string;
  readonly title: string;
  readonly titleFormatter: () => HTMLElement;
  readonly formatter: (cell: TabulatorCell<Value>) => HTMLElement;
  readonly hozAlign: "left" | "right";
  readonly headerHozAlign: "left" | "right";
  readonly vertAlign: "middle";
  readonly cssClass: string;
  readonly headerSort: boolean;
  readonly headerSortStartingDir: "asc" | "desc";
  readonly sorter: (
    a: Value,
    b: Value,
    rowA: unknown,
    rowB: unknown,
    column: unknown,
    direction: "asc" | "desc",
  ) => number;
  readonly minWidth: number;
  readonly maxInitialWidth: number;
  /** Whether it stays in sight while the others are moved sideways. */
  readonly frozen?: boolean;
  readonly headerFilter?: (cell: unknown, onRendered: unknown, success: (typed: string) => void) => HTMLElement;
  readonly headerFilterFunc?: (typed: string, cell: Value) => boolean;
  readonly headerFilterLiveFilter?: boolean;
}

/** A table of Tabulator: what is asked of it here. */
export interface TabulatorTable<Row, Value> {
  on(event: "dataFiltered", tell: (filters: unknown, rows: readonly unknown[]) => void): void;
  on(event: "tableBuilt", tell: () => void): void;
  redraw(anew: boolean): void;
  clearFilter(withHeaders?: boolean): void;
  setFilter(passes: (row: Row) => boolean): void;
  getData(which: "active"): readonly Row[];
  getColumns(): readonly TabulatorColumn<Value>[];
}

/** The class of Tabulator's tables. */
export type TabulatorLibrary = new <Row, Value>(
  root: HTMLElement,
  options: Json & { readonly data: readonly Row[]; readonly columns: readonly TabulatorColumnDefinition<Value>[] },
) => TabulatorTable<Row, Value>;

/** The global variables that the libraries define. */
export interface Libraries {
  readonly Plotly: PlotlyLibrary;
  readonly Tabulator: TabulatorLibrary;
}

declare global {
  /** A library may come after a view, or never. */
  interface Window extends Partial<Libraries> {}
}
