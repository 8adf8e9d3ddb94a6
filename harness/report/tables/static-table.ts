import { drawTable } from "../../terminal/draw-table.js";
import { formatCount } from "../../terminal/numbers.js";
import { printable } from "../../terminal/printable.js";
import { type Html, html } from "../html.js";
import { formatCell } from "./format-cell.js";
import { type Cell, type CompleteColumn, classOf, nameRow, placesOf, type TableData } from "./table-data.js";

/** The first rows, for where no script runs; the page's script takes its pictures from here. */
export function renderStaticTable({ columns, rows, pictures }: TableData, most: number): Html {
  const shown = rows.slice(0, most);
  const drawn = new Set<number>();
  const renderPicture = (place: number, name: string) => {
    const isFirst = !drawn.has(place);
    drawn.add(place);
    return html`<img alt="${name}" src="${pictures[place]!}"${isFirst && html` data-picture="${place}"`}>`;
  };
  const cellOf = (cell: Cell, column: CompleteColumn, row: string) =>
    column.kind === "picture"
      ? placesOf(cell).map((place) => renderPicture(place, `${column.title} of ${row}`))
      : formatCell(cell, column);
  return html`<div class="simvlm-static"><table>
<thead><tr>${columns.map(
    (column) =>
      html`<th scope="col" class="${classOf(column.kind)}"${column.hint && html` title="${column.hint}"`}>${column.title}</th>`,
  )}</tr></thead>
<tbody>
${shown.map(
  (row, at) => html`<tr>${row.map(
    (cell, i) =>
      html`<td class="${classOf(columns[i]!.kind)}">${cellOf(cell, columns[i]!, nameRow(columns, row, at))}</td>`,
  )}</tr>
`,
)}</tbody></table>
${rows.length > shown.length && html`<p>The first ${shown.length} of ${formatCount(rows.length)} rows.</p>`}</div>`;
}

/** Which of the pictures the static table shows, by their places. */
export function listShownPictures({ columns, rows }: TableData, most: number): Set<number> {
  const cells = rows.slice(0, most).flatMap((row) => row.filter((_, i) => columns[i]!.kind === "picture"));
  return new Set(cells.flatMap(placesOf));
}

const WIDEST_TEXT = 60;

/** For a terminal: the same rows without their pictures. */
export function formatTable({ columns, rows }: TableData, most: number): string {
  const places = [...columns.keys()].filter((i) => columns[i]!.kind !== "picture");
  if (places.length === 0) return `${formatCount(rows.length)} rows of pictures`;
  const ordered = places.map((i) => columns[i]!);
  const table = drawTable({
    head: ordered.map(({ title }) => printable(title)),
    rows: rows
      .slice(0, most)
      .map((row) => places.map((i) => shorten(printable(formatCell(row[i]!, columns[i]!).replace(/\s+/g, " "))))),
    alignments: ordered.map(({ kind }) => (classOf(kind) === "number" ? "right" : "left")),
    rules: "none",
  });
  const more = rows.length > most ? `\n… ${formatCount(rows.length - most)} more rows` : "";
  return `${table}${more}`;
}

function shorten(text: string): string {
  return text.length <= WIDEST_TEXT ? text : `${text.slice(0, WIDEST_TEXT - 1)}…`;
}
