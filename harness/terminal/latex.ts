import { line } from "./printable.js";
import { alignmentsOf, type Block, hasRuleAbove, type Table } from "./tables.js";

const COMMANDS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\char34{}",
  "`": "\\textasciigrave{}",
  "\ufffd": "?",
};

/** Somebody's text as LaTeX that shows it and does nothing else. */
export function escapeLatex(text: string): string {
  return line(text)
    .replace(/[\\~^<>|"`\ufffd]|[&%$#_{}]/g, (character) => COMMANDS[character] ?? `\\${character}`)
    .replace(/(^|[[ ])-(?=\d)/g, "$1$-$")
    .replace(/^\[/, "{[}"); // after a line's end it would be an option of it
}

/** Tables as LaTeX with the rules of booktabs; what is said beside them as comments. */
export function toLatex(blocks: readonly Block[]): string {
  const parts = blocks.map((block) => (typeof block === "string" ? toComment(block) : toTable(block)));
  return ["% \\usepackage{booktabs}", ...parts].join("\n\n");
}

function toComment(text: string): string {
  return text
    .split("\n")
    .map((part) => `% ${line(part)}`.trimEnd())
    .join("\n");
}

function toTable(table: Table): string {
  const { title, head, rows, remarks = [] } = table;
  const row = (cells: readonly string[]) => `${cells.map(escapeLatex).join(" & ")} \\\\`;
  const columns = alignmentsOf(table).map((alignment) => alignment[0]);
  const groups = table.rules === "groups";
  return [
    "\\begin{table}",
    "\\centering",
    ...(title === undefined ? [] : [`\\caption{${escapeLatex(title)}}`]),
    `\\begin{tabular}{${columns.join("")}}`,
    "\\toprule",
    row(head),
    "\\midrule",
    ...rows.flatMap((cells, i) => [
      ...(groups && i > 0 && hasRuleAbove(table, cells) ? ["\\midrule"] : []),
      row(cells),
    ]),
    "\\bottomrule",
    "\\end{tabular}",
    "\\end{table}",
    ...remarks.map(toComment),
  ].join("\n");
}
