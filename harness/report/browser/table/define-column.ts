import { type Cell, type CompleteColumn, classOf } from "../../tables/table-data.js";
import { element } from "../element.js";
import type { TabulatorColumnDefinition, TabulatorRow } from "../library-types.js";
import { FILTERS } from "./filters.js";
import { compareCells, renderCell } from "./render-cell.js";

/** The column at a place of the table, as Tabulator is told of it. */
export function defineColumn(
  column: CompleteColumn,
  place: number,
  cells: readonly Cell[],
  pictures: readonly string[],
  nameOf: (row: TabulatorRow<Cell>) => string,
): TabulatorColumnDefinition<Cell> {
  const { kind, title, hint } = column;
  const name = classOf(kind);
  const side = name === "number" ? "right" : "left";
  const filter = FILTERS[kind];
  return {
    // Fields are the cells' places: names of columns may have dots in them, which would mean something.
    field: String(place),
    title,
    titleFormatter: () => element("span", hint ? { title: hint } : {}, title),
    formatter: (cell) => renderCell(cell.getValue(), column, pictures, nameOf(cell.getData())),
    hozAlign: side,
    headerHozAlign: side,
    vertAlign: "middle",
    cssClass: name,
    headerSort: kind !== "picture",
    headerSortStartingDir: name === "number" && kind !== "probability" ? "desc" : "asc",
    sorter: (a, b, _rowA, _rowB, _column, direction) => compareCells(a, b, direction),
    minWidth: 70,
    maxInitialWidth: 260,
    ...(filter && {
      headerFilter: (_cell, _onRendered, success) => {
        const field = filter.field(column, cells);
        field.addEventListener("input", () => success(field.value.trim()));
        return field;
      },
      headerFilterFunc: (typed, cell) => typed === "" || filter.passes(typed, cell),
      headerFilterLiveFilter: false,
    }),
  };
}
