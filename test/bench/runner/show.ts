import type { Block, Table } from "simvlm/terminal";
import type { Figures, Row } from "./row.js";
import type { Compared, Verdict } from "./verdict.js";

const HASH = 12;

/** All that was measured in one benchmark, for a terminal. */
export function tableOfRows(title: string, rows: readonly Row[]): Table {
  const cells = rows.map(({ work, ours, peer, noPeer, ratio, facts = {} }) => [
    work,
    ours ? timeOf(ours) : "",
    ours?.megabytes?.toString() ?? "",
    peer ? `${peer.name}\n${timeOf(peer)}` : (noPeer ?? ""),
    peer?.megabytes?.toString() ?? "",
    ratio?.toFixed(2) ?? "",
    Object.entries(facts)
      .map(([name, fact]) => `${name} ${fact}`)
      .join("\n"),
  ]);
  const head = ["work", "ours, ms", "MB", "peer, ms", "MB", "ratio", "besides"];
  const used = head.map((_, i) => i === 0 || cells.some((row) => row[i] !== ""));
  const keep = <T>(row: readonly T[]) => row.filter((_, i) => used[i]);
  const alignments = keep(["left", "right", "right", "left", "right", "right", "left"] as const);
  return { title, head: keep(head), rows: cells.map(keep), alignments };
}

/** The median, and below it the spread. */
function timeOf({ ms, low, high, rounds }: Figures): string {
  return rounds < 2 ? `${ms}` : `${ms}\n${low}–${high}`;
}

/** What became slower, what faster, and what cannot be said. */
export function blocksOfVerdicts(verdicts: readonly Verdict[]): Block[] {
  const known = verdicts.filter((verdict) => verdict.kind !== "unknown");
  const changed = ["slower", "faster"].flatMap((kind) => known.filter((verdict) => verdict.kind === kind));
  const unknown = new Map<string, string[]>();
  for (const verdict of verdicts) {
    if (verdict.kind !== "unknown") continue;
    const works = unknown.get(verdict.reason) ?? [];
    unknown.set(verdict.reason, [...works, `${verdict.name}, ${verdict.work}`]);
  }
  return [
    ...(known.length > 0 ? [summaryOf(known)] : []),
    ...(changed.length > 0 ? [tableOfChanges(changed)] : []),
    ...[...unknown].map(
      ([reason, works]) => `Not compared, ${reason}:\n${works.map((work) => `  ${work}`).join("\n")}`,
    ),
  ];
}

function summaryOf(known: readonly (Compared & { kind: string })[]): string {
  const count = (kind: string) => known.filter((verdict) => verdict.kind === kind).length;
  const commits = [...new Set(known.map(({ commit }) => commit.slice(0, HASH)))].join(", ");
  return (
    `Beside the commit before that was measured here (${commits}): ${count("slower")} slower by more than the spread, ` +
    `${count("faster")} faster, ${count("same")} within it.`
  );
}

function tableOfChanges(changed: readonly (Compared & { kind: string })[]): Table {
  const rows = changed.map(({ kind, name, work, before, now, spread, remarks }) => {
    const percent = `${now < before ? "−" : "+"}${Math.abs(100 * (now / before - 1)).toFixed(0)} %`;
    return [
      kind,
      `${name}: ${work}`,
      `${before}`,
      `${now}`,
      percent,
      `${Number(spread.toPrecision(3))}`,
      remarks.join("; "),
    ];
  });
  const head = ["", "work", "before, ms", "now, ms", "change", "spread, ms", "remarks"];
  return { head, rows, alignments: ["left", "left", "right", "right", "right", "right", "left"] };
}
