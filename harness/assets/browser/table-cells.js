/*
 * Cells: a text, a number, [value, mark], [value, low, high], places among the pictures, or null. The same texts as in the static table
 * (harness/report/tables/cells.ts).
 */

function formatCell(cell, { kind, decimals, signed }) {
  const number = (value) => `${signed && value > 0 ? "+" : ""}${value.toFixed(decimals)}`;
  if (cell === null || kind === "picture") return "";
  if (kind === "probability" && cell < 0.0001) return "< 0.0001";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return number(cell);
  if (kind === "figure") return `${number(cell[0])}${cell[1]}`;
  const [value, low, high] = cell.map(number);
  return `${value} [${low}, ${high}]`;
}

/** What a cell is sorted and filtered by. */
function keyOf(cell) {
  return Array.isArray(cell) ? cell[0] : cell;
}

/** Numbers in texts by their size: "image 9" before "image 10". */
const collator = new Intl.Collator("en", { numeric: true });

/** Cells without a value stand last, whichever way the others are sorted. */
function compareCells(a, b, direction) {
  const [first, second] = [keyOf(a), keyOf(b)];
  if (first === null || second === null) {
    if (first === second) return 0;
    return (first === null ? 1 : -1) * (direction === "desc" ? -1 : 1);
  }
  return typeof first === "number" ? first - second : collator.compare(first, second);
}

/** A cell's content as an element or a text. */
function renderCell(cell, column, pictures) {
  if (column.kind !== "picture") return element("span", {}, formatCell(cell, column));
  const images = (cell ?? []).map((place) => element("img", { src: pictures[place], alt: "" }));
  return element("span", { class: "pictures" }, ...images);
}

/** Lines of comma-separated values; an interval gets three columns, a picture none. */
function toCsv(columns, rows) {
  const quote = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const text = (value) => (value === null || value === undefined ? "" : String(value));
  const head = columns.flatMap(({ kind, title }) => {
    if (kind === "picture") return [];
    return kind === "interval" ? [title, `${title} low`, `${title} high`] : [title];
  });
  const lines = rows.map((row) =>
    columns.flatMap(({ kind }, i) => {
      if (kind === "picture") return [];
      if (kind === "figure") return [text(row[i]?.join(""))];
      return kind === "interval" ? [0, 1, 2].map((k) => text(row[i]?.[k])) : [text(row[i])];
    }),
  );
  return [head, ...lines].map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}
