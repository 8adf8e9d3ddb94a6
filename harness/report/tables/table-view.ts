import { html, jsonForScript } from "../html.js";
import { browserScript, browserStyle } from "../script.js";
import type { View } from "../view.js";
import { prepareTable } from "./cells.js";
import type { Row } from "./columns.js";
import { formatTable, listShownPictures, renderStaticTable } from "./static-table.js";
import { type Cell, type Column, isMarked, type TableJson } from "./table-data.js";

export interface TableOptions {
  /** Which keys of the rows, and how; default all. */
  readonly columns?: readonly Column[];
  /** Above the table, and the name of its download. */
  readonly title?: string;
  /** A sentence or two below the table. */
  readonly note?: string;
  /** Rows that stand where no script runs; default 12. */
  readonly staticRows?: number;
  /** Of the box that longer tables scroll in, in pixels; default 480. */
  readonly height?: number;
}

export const TABLE_DEFAULTS = { title: "", note: "", staticRows: 12, height: 480 } as const;

/**
 * Rows that can be sorted, searched, filtered column by column and downloaded as CSV; thousands of them scroll without
 * lag. Texts are shown as they are: none becomes markup.
 * @throws SimvlmError `bad-cell`, `broken-image`
 */
export async function tableView(rows: readonly Row[], options: TableOptions = {}): Promise<View> {
  const { columns, title, note, staticRows, height } = { ...TABLE_DEFAULTS, ...options };
  const table = await prepareTable(rows, columns);
  const shown = listShownPictures(table, staticRows);
  const rowsOfPage = table.rows.map((row) => row.map(shorten));
  const pictures = table.pictures.map((picture, i) => (shown.has(i) ? 0 : picture));
  const data: TableJson = { ...table, rows: rowsOfPage, pictures, title, height };
  return {
    markup: html`<div class="simvlm-table">${browserStyle("table")}
${title && html`<h4>${title}</h4>`}
${renderStaticTable(table, staticRows)}
${note && html`<p class="note">${note}</p>`}
<script type="application/json">${jsonForScript(data)}</script>
${browserScript("table")}</div>`,
    libraries: ["tabulator"],
    text: [title, formatTable(table, staticRows), note].filter((part) => part !== "").join("\n"),
  };
}

/** Of numbers in the page, which sorts, filters and downloads them: more than columns show, and half of their length. */
const DIGITS = 8;

function shorten(cell: Cell): Cell {
  if (typeof cell === "number") return round(cell);
  if (typeof cell !== "object" || cell === null) return cell;
  return isMarked(cell) ? [round(cell[0]), cell[1]] : cell.map(round);
}

function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
}
