import { html, jsonForScript } from "../html.js";
import { browserScript, browserStyle } from "../script.js";
import type { View } from "../view.js";
import { prepareTable } from "./cells.js";
import type { Row } from "./columns.js";
import { formatTable, listShownPictures, renderStaticTable } from "./static-table.js";
import { type Column, shortenCell, shortenNumber, type TableJson } from "./table-data.js";

/** Which columns a table has, what stands around it, and how much of it is shown at once. */
export interface TableOptions {
  /** The keys that are shown, and how; default all keys of the rows. */
  readonly columns?: readonly Column[];
  /** The heading of the table, and the name of its download; default none. */
  readonly title?: string;
  /** A sentence or two below the table; default none. */
  readonly note?: string;
  /** How many rows are shown where no script runs; default 12. */
  readonly staticRows?: number;
  /** The height, in pixels, of the box that longer tables scroll in; default 480. */
  readonly height?: number;
}

/** What a table has unless its options say otherwise. */
export const TABLE_DEFAULTS = { title: "", note: "", staticRows: 12, height: 480 } as const;

/**
 * Rows that can be sorted, searched, filtered column by column and downloaded as CSV; even thousands of them scroll
 * smoothly. Texts are shown as they are: none becomes markup.
 * @throws SimvlmError `bad-cell`, `broken-image`
 */
export async function tableView(rows: readonly Row[], options: TableOptions = {}): Promise<View> {
  const { columns, title, note, staticRows, height } = { ...TABLE_DEFAULTS, ...options };
  const table = await prepareTable(rows, columns);
  const shown = listShownPictures(table, staticRows);
  const rowsOfPage = table.rows.map((row) => row.map(shortenCell));
  const pictures = table.pictures.map((picture, i) => (shown.has(i) ? 0 : picture));
  const columnsOfPage = table.columns.map((column) => {
    return column.least === undefined ? column : { ...column, least: shortenNumber(column.least) }; // as the cells are
  });
  const data: TableJson = { ...table, columns: columnsOfPage, rows: rowsOfPage, pictures, title, height };
  return {
    markup: html`<div class="simvlm-table">${browserStyle("table")}
${title && html`<p class="view-title">${title}</p>`}
${renderStaticTable(table, staticRows)}
${note && html`<p class="note">${note}</p>`}
<script type="application/json">${jsonForScript(data)}</script>
${browserScript("table")}</div>`,
    libraries: ["tabulator"],
    text: [title, formatTable(table, staticRows), note].filter((part) => part !== "").join("\n"),
  };
}
