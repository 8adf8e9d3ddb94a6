import { fitTable } from "./fit-table.js";
import { type Alignment, alignmentsOf, type Block, hasRuleAbove, type Table } from "./tables.js";
import { displayWidth, wrapText } from "./text-width.js";

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** Keeps a terminal from taking the numbers that follow such letters for a part of them, and turning them round. */
const LEFT_TO_RIGHT_MARK = "\u200e";

/** Tables and paragraphs one below the other, in lines of at most `width` places where that can be. */
export function drawBlocks(blocks: readonly Block[], width = Number.POSITIVE_INFINITY): string {
  return blocks.map((block) => (typeof block === "string" ? block : drawTable(block, width))).join("\n\n");
}

/** A table between lines, in several parts where it would be wider than `width`. */
export function drawTable(table: Table, width = Number.POSITIVE_INFINITY): string {
  const { title, remarks = [] } = table;
  const parts = fitTable(table, width).map(({ columns, widths }) => drawColumns(table, columns, widths));
  return [...(title === undefined ? [] : [title]), ...parts, ...remarks].join("\n");
}

function drawColumns(table: Table, columns: readonly number[], widths: readonly number[]): string {
  const all = alignmentsOf(table);
  const alignments = columns.map((i) => all[i]!);
  const bars = widths.map((width) => "─".repeat(width + 2));
  const rule = ([begin, middle, end]: readonly [string, string, string]) => `${begin}${bars.join(middle)}${end}`;
  const drawRow = (row: readonly string[]) =>
    drawCells(
      columns.map((i, k) => wrapText(row[i] ?? "", widths[k]!)),
      widths,
      alignments,
    );
  const rows = table.rows.flatMap((row, i) => {
    const hasRule = i === 0 ? table.rules !== "none" : hasRuleAbove(table, row);
    return [...(hasRule ? [rule(["├", "┼", "┤"])] : []), ...drawRow(row)];
  });
  return [rule(["┌", "┬", "┐"]), ...drawRow(table.head), ...rows, rule(["└", "┴", "┘"])].join("\n");
}

function drawCells(
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  alignments: readonly Alignment[],
): string[] {
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((lines, k) => pad(lines[line] ?? "", widths[k]!, alignments[k]!));
    return `│ ${parts.join(" │ ")} │`;
  });
}

function pad(text: string, width: number, alignment: Alignment): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  const marked = RIGHT_TO_LEFT.test(text) ? `${LEFT_TO_RIGHT_MARK}${text}${LEFT_TO_RIGHT_MARK}` : text;
  return alignment === "left" ? marked + space : space + marked;
}
