import type {
  AlignedSpan,
  AlignmentPart,
  ExplanationPart,
  MarkedTextPart,
  TermsPart,
  TuplesPart,
} from "@simvlm/metrics";
import type { ExplainedExample } from "../compare/explained.js";
import { line } from "./printable.js";
import type { Block } from "./tables.js";

/** How marks begin, beside their note. */
export const SIGNS = { right: "✓", wrong: "✗", neutral: "·" } as const;

/** Why examples have their scores, one below the other. */
export function explanationBlocks(examples: readonly ExplainedExample[]): Block[] {
  return examples.flatMap(({ run, id, prediction, metrics }) => [
    `${line(id)}, ${line(run)}: ${line(prediction) || "(nothing)"}`,
    ...metrics.flatMap(({ metric, scores, parts }) => [
      `${metric}: ${Object.entries(scores)
        .map(([name, value]) => `${name} ${value.toFixed(4)}`)
        .join(", ")}`,
      ...partBlocks(parts),
    ]),
  ]);
}

/** The parts of an explanation. */
export function partBlocks(parts: readonly ExplanationPart[]): Block[] {
  return parts.map((part) => {
    if (part.kind === "alignment") return alignmentTable(part);
    if (part.kind === "marked-text") return tellMarks(part);
    if (part.kind === "terms") return termsTable(part);
    if (part.kind === "tuples") return tuplesTable(part);
    return line(part.text);
  });
}

/** The words of a span, as they are shown. */
export function wordsAt(words: readonly string[], { start, length }: AlignedSpan): string {
  return words.slice(start, start + length).join(" ");
}

/** The words that no link has. */
export function unlinkedWords({ links, ...texts }: AlignmentPart, side: "prediction" | "reference"): string[] {
  const linked = new Set(links.flatMap(({ [side]: { start, length } }) => Array.from({ length }, (_, i) => start + i)));
  return texts[side].filter((_, place) => !linked.has(place));
}

function alignmentTable(part: AlignmentPart): Block {
  const { title, prediction, reference, links } = part;
  const rows = links.map((link) => [
    line(wordsAt(prediction, link.prediction)),
    line(link.by),
    line(wordsAt(reference, link.reference)),
  ]);
  const alone = (["prediction", "reference"] as const).flatMap((side) => {
    const words = unlinkedWords(part, side);
    return words.length === 0 ? [] : [`only in the ${side}: ${line(words.join(" "))}`];
  });
  return {
    ...(title !== undefined && { title: line(title) }),
    head: ["prediction", "by", "reference"],
    rows,
    textColumns: 3,
    rules: "none",
    remarks: alone,
  };
}

function tellMarks({ title, text, marks }: MarkedTextPart): string {
  let done = 0;
  const parts = marks.map(({ start, end, verdict, note }) => {
    const before = text.slice(done, start);
    done = end;
    return `${before}[${text.slice(start, end)} ${SIGNS[verdict]}${note === undefined ? "" : ` ${note}`}]`;
  });
  return `${title === undefined ? "" : `${line(title)}: `}${line(parts.join("") + text.slice(done))}`;
}

function termsTable({ title, columns, rows, rest }: TermsPart): Block {
  return {
    ...(title !== undefined && { title: line(title) }),
    head: columns.map(line),
    rows: rows.map((row) => row.map((cell) => line(String(cell)))),
    alignments: columns.map((_, column) => (rows.some((row) => typeof row[column] === "number") ? "right" : "left")),
    rules: "none",
    ...(rest !== undefined && { remarks: [line(rest)] }),
  };
}

function tuplesTable({ title, sides }: TuplesPart): Block {
  return {
    ...(title !== undefined && { title: line(title) }),
    head: ["tuple", "of", "matched"],
    rows: sides.flatMap(({ name, tuples }) =>
      tuples.map(({ words, matched }) => [
        line(words.join(" – ")),
        line(name),
        matched ? `${SIGNS.right} yes` : `${SIGNS.wrong} no`,
      ]),
    ),
    textColumns: 3,
    rules: "none",
  };
}
