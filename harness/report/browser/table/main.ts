import "./table.css";
import { formatCount } from "../../../terminal/numbers.js";
import { formatCell } from "../../tables/format-cell.js";
import { type Cell, nameRow, type TableJson } from "../../tables/table-data.js";
import { download, fileNameOf } from "../download.js";
import { element } from "../element.js";
import { enlivenAll } from "../enliven.js";
import type { TabulatorRow, TabulatorTable } from "../library-types.js";
import { beforeFirstPrint } from "../printing.js";
import { defineColumn } from "./define-column.js";
import { matchesWords } from "./filters.js";
import { countFrozen } from "./frozen.js";
import { createPlainTables } from "./plain-table.js";
import { markSideways } from "./sideways.js";
import { splitPlainTables } from "./split-plain.js";
import { toCsv } from "./to-csv.js";

const ROWS_WITHOUT_BOX = 30;
const TYPING_MILLISECONDS = 120;

type Row = TabulatorRow<Cell>;
type Table = TabulatorTable<Row, Cell>;

beforeFirstPrint(splitPlainTables);

/** Every table of the page that has not come to life yet. */
enlivenAll(".simvlm-table", "Tabulator", (root, data: TableJson, Tabulator) => {
  const atRest = root.querySelector(".simvlm-static");
  if (data.rows.length === 0) {
    atRest?.replaceWith(element("p", {}, "No rows."));
    return;
  }
  const pictures = readPictures(root, data);
  const box = element("div");
  const frame = element("div", { class: "frame" }, box);
  const search = element("input", { type: "search", placeholder: "Search all columns", "aria-label": "Search" });
  const count = element("span", { class: "count", role: "status" });
  const save = element("button", { type: "button", title: "Download the rows shown" }, "CSV");
  const reset = element("button", { type: "button" }, "Clear filters");
  const bar = element("div", { class: "bar" }, search, count, reset, save);
  atRest?.replaceWith(bar, frame);
  beforeFirstPrint(() => frame.after(element("div", { class: "printed" }, ...createPlainTables(data, pictures))));

  const frozen = countFrozen(data, root.clientWidth);
  const table: Table = new Tabulator<Row, Cell>(box, {
    data: data.rows.map((cells, id) => ({ id, cells, ...cells })),
    columns: data.columns.map((column, i) => {
      const cells = data.rows.map((row) => row[i] ?? null);
      const nameOf = (row: Row) => nameRow(data.columns, row.cells, row.id);
      return { ...defineColumn(column, i, cells, pictures, nameOf), frozen: i < frozen };
    }),
    layout: "fitDataTable",
    columnHeaderSortMulti: true,
    headerSortTristate: true,
    headerSortClickElement: "header",
    resizableColumnGuide: true,
    placeholder: "No rows match the filters.",
    ...(data.rows.length > ROWS_WITHOUT_BOX ? { height: data.height } : {}),
  });
  table.on("dataFiltered", (_, rows) => {
    const all = data.rows.length;
    const of = rows.length === all ? "" : `${formatCount(rows.length)} of `;
    count.textContent = `${of}${formatCount(all)} ${all === 1 ? "row" : "rows"}`;
  });
  table.on("tableBuilt", () => {
    const holder = describeGrid(box, data.title || "rows");
    makeHeadersUsable(table);
    if (holder) markSideways(frame, holder);
    // Heights were measured before widths were known.
    table.redraw(true);
  });
  searchWith(search, table, data);
  reset.addEventListener("click", () => {
    search.value = "";
    table.clearFilter(true);
    const fields = box.querySelectorAll<HTMLInputElement>(".tabulator-header-filter :is(input, select)");
    for (const field of fields) field.value = "";
  });
  save.addEventListener("click", () => {
    const rows = table.getData("active").map(({ cells }) => cells);
    // The mark says UTF-8 to spreadsheets.
    download(`${fileNameOf(data.title)}.csv`, new Blob(["\ufeff", toCsv(data.columns, rows)], { type: "text/csv" }));
  });
});

/**
 * Names the grid, and makes what the rows are scrolled in, which takes the focus, the group of its rows.
 * @returns what is scrolled
 */
function describeGrid(box: HTMLElement, name: string): HTMLElement | null {
  box.setAttribute("aria-label", name);
  box.removeAttribute("aria-owns");
  const holder = box.querySelector<HTMLElement>(".tabulator-tableholder");
  holder?.setAttribute("role", "rowgroup");
  holder?.querySelector(".tabulator-table")?.setAttribute("role", "none");
  return holder;
}

/** Addresses of the pictures, those of the static table from there. */
function readPictures(root: HTMLElement, data: TableJson): string[] {
  const pictures = data.pictures.map(String);
  for (const image of root.querySelectorAll<HTMLImageElement>(".simvlm-static [data-picture]")) {
    pictures[Number(image.dataset.picture)] = image.src;
  }
  return pictures;
}

/** One box for all columns: rows in which all words are found. */
function searchWith(search: HTMLInputElement, table: Table, data: TableJson): void {
  const texts = data.rows.map((cells) => cells.map((cell, i) => formatCell(cell, data.columns[i]!)).join("\n"));
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const query = search.value.trim();
      if (query === "") table.clearFilter();
      else table.setFilter(({ id }) => matchesWords(texts[id]!, query));
    }, TYPING_MILLISECONDS);
  });
}

/** Columns are sorted with the keyboard, too: Tab to a title, then Enter or the space bar. */
function makeHeadersUsable(table: Table): void {
  for (const column of table.getColumns()) {
    const title = column.getElement().querySelector<HTMLElement>(".tabulator-col-title");
    if (!title || !column.getDefinition().headerSort) continue;
    title.tabIndex = 0;
    title.setAttribute("role", "button");
    title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      title.click();
    });
  }
}
