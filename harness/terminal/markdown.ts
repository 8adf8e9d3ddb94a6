import { line } from "./printable.js";
import { alignmentsOf, type Block, type Table } from "./tables.js";

/** What Markdown could take for markup, with what stands for it: an entity where a backslash is not enough. */
const MARKUP: readonly (readonly [RegExp, string])[] = [
  [/[\\`*_[\]|~!#{}]/g, "\\$&"],
  [/&/g, "&amp;"],
  [/</g, "&lt;"],
  [/>/g, "&gt;"],
  [/@/g, "&#64;"],
  [/\$/g, "&#36;"],
  [/:(?=\/\/)/g, "&#58;"],
  [/\b(www)\./gi, "$1&#46;"],
  [/^(?:[-+](?=\s|$)|-{2,}|=+)/, "\\$&"],
  [/^(\d+)([.)])(?=\s|$)/, "$1\\$2"],
];

/** Somebody's text as Markdown that shows it and does nothing else: no markup, links, pictures or mentions. */
export function escapeMarkdown(text: string): string {
  return MARKUP.reduce((escaped, [found, entity]) => escaped.replace(found, entity), line(text));
}

/** Tables and paragraphs as GitHub's Markdown. */
export function toMarkdown(blocks: readonly Block[]): string {
  return blocks.map((block) => (typeof block === "string" ? paragraph(block) : toTable(block))).join("\n\n");
}

/** Lines stay lines. */
function paragraph(text: string): string {
  return text.split("\n").map(escapeMarkdown).join("  \n");
}

function toTable(table: Table): string {
  const { title, head, rows, remarks = [] } = table;
  const bars = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = alignmentsOf(table).map((alignment) => (alignment === "left" ? ":--" : "--:"));
  const lines = [head, ...rows].map((row) => bars(row.map(escapeMarkdown)));
  const parts = [
    ...(title === undefined ? [] : [`**${escapeMarkdown(title)}**`]),
    [lines[0]!, bars(rule), ...lines.slice(1)].join("\n"),
    ...(remarks.length > 0 ? [paragraph(remarks.join("\n"))] : []),
  ];
  return parts.join("\n\n");
}
