import {
  CHANGE_KINDS,
  type ChangeKind,
  type FieldChange,
  type FlippedExample,
  type ReportDiff,
} from "../compare/report-diff.js";
import { drawTable } from "./draw-table.js";
import { formatScore, formatSigned } from "./numbers.js";
import { line } from "./printable.js";

const TITLES: Readonly<Record<ChangeKind, string>> = {
  settings: "Settings and decoding",
  data: "Data",
  weights: "Weights and predictions files",
  code: "Code",
  packages: "Packages and machine",
  metrics: "Metrics",
};

/** What changed, for a person to read in a terminal. `most` flipped examples are shown. */
export function formatDiff(diff: ReportDiff, most: number, width?: number): string {
  const parts = [
    ...formatPages(diff),
    ...formatRuns(diff),
    ...formatWarnings(diff),
    ...formatChanges(diff),
    ...formatScores(diff, width),
    ...formatSlices(diff, width),
    ...formatFlipped(diff, most),
  ];
  return parts.length === 0 ? "Nothing differs." : parts.join("\n\n");
}

const MOST_PROBLEMS = 5;

function formatPages({ pages }: ReportDiff): string[] {
  return (["first", "second"] as const).flatMap((side) => {
    const problems = pages?.[side] ?? [];
    const more = problems.length - MOST_PROBLEMS;
    const lines = [
      ...problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${line(problem)}`),
      ...(more > 0 ? [`  … and ${more} more`] : []),
    ];
    const title = `The ${side} page is not as it should be, so nothing below can be trusted; \`simvlm verify\` says more`;
    return problems.length > 0 ? [[title, ...lines].join("\n")] : [];
  });
}

function formatRuns({ runs: { both, onlyFirst, onlySecond } }: ReportDiff): string[] {
  const renamed = both.filter(({ first, second }) => first !== second);
  const lines = [
    ...renamed.map(({ first, second }) => `${line(first)} against ${line(second)}`),
    ...onlyFirst.map((label) => `only in the first: ${line(label)}`),
    ...onlySecond.map((label) => `only in the second: ${line(label)}`),
  ];
  return lines.length > 0 ? [["Runs", ...lines].join("\n")] : [];
}

function formatWarnings({ warnings = [] }: ReportDiff): string[] {
  return warnings.length > 0 ? [["Not comparable", ...warnings.map((warning) => `  ${line(warning)}`)].join("\n")] : [];
}

function formatChanges({ changes }: ReportDiff): string[] {
  return CHANGE_KINDS.flatMap((kind) => {
    const own = changes.filter((change) => change.kind === kind);
    return own.length > 0 ? [[TITLES[kind], ...own.map(formatChange)].join("\n")] : [];
  });
}

function formatChange({ run, field, first, second }: FieldChange): string {
  const name = run === undefined ? field : `${run} · ${field}`;
  return `  ${line(name)}: ${formatValue(first)} → ${formatValue(second)}`;
}

function formatValue(value: unknown): string {
  if (value === null) return "none";
  return line(typeof value === "string" ? value : JSON.stringify(value));
}

function formatScores({ scores }: ReportDiff, width?: number): string[] {
  if (scores.length === 0) return [];
  const head = ["run", "examples", "score", "first", "second", "difference"];
  const rows = scores.map(({ run, subset, score, first, second, difference }) => [
    ...[run, subset, score].map(line),
    ...[number(first), number(second), signed(difference)],
  ]);
  return [drawTable({ title: "Scores", head, rows, textColumns: 3, rules: "none" }, width)];
}

function formatSlices({ slices }: ReportDiff, width?: number): string[] {
  if (!slices) return [];
  const { onlyFirst, onlySecond, scores } = slices;
  const only = [
    ...onlyFirst.map((slicing) => `only in the first: by ${line(slicing)}`),
    ...onlySecond.map((slicing) => `only in the second: by ${line(slicing)}`),
  ];
  const head = ["run", "by", "slice", "score", "first", "second", "difference"];
  const rows = scores.map(({ run, slicing, subset, score, first, second, difference }) => [
    ...[run, slicing, subset, score].map(line),
    ...[number(first), number(second), signed(difference)],
  ]);
  return [
    ...(only.length > 0 ? [["Slices", ...only].join("\n")] : []),
    ...(rows.length > 0
      ? [drawTable({ title: "Scores on slices", head, rows, textColumns: 4, rules: "none" }, width)]
      : []),
  ];
}

function formatFlipped({ flipped }: ReportDiff, most: number): string[] {
  if (flipped.length === 0) return [];
  const shown = flipped.slice(0, most).map(formatExample);
  const more = flipped.length > most ? [`  … and ${flipped.length - most} more`] : [];
  return [[`Predictions that changed: ${flipped.length}`, ...shown, ...more].join("\n")];
}

function formatExample({ run, id, first, second, firstValue, secondValue, difference }: FlippedExample): string {
  const scores = difference === null ? "" : ` (${number(firstValue)} → ${number(secondValue)}, ${signed(difference)})`;
  return `  ${line(run)} · ${line(id)}${scores}\n    - ${formatValue(first)}\n    + ${formatValue(second)}`;
}

function number(value: number | null): string {
  return value === null ? "none" : formatScore(value);
}

function signed(value: number | null): string {
  return value === null ? "" : formatSigned(value);
}
