import { type Machine, machineId, type Versions } from "./machine.js";
import type { BenchRecord, KeptRow } from "./record.js";
import type { Figures } from "./row.js";

/** What a row is beside the same work at a commit before. */
export type Verdict =
  | (Compared & { readonly kind: "slower" | "faster" | "same" })
  | { readonly kind: "unknown"; readonly name: string; readonly work: string; readonly reason: string };

/** Two medians and what parts them, in milliseconds. */
export interface Compared {
  readonly name: string;
  readonly work: string;
  /** The hash of the commit before. */
  readonly commit: string;
  readonly before: number;
  readonly now: number;
  /** From the shortest round to the longest, of whichever commit it is larger. */
  readonly spread: number;
  /** What else was not as before. */
  readonly remarks: readonly string[];
}

/** Of all processors: where others had more than this share of them, times say little. */
const MOST_OTHERS = 0.15;
/** How much a peer, which no commit of ours changes, may be slower before it is the machine that is. */
const MACHINE_DRIFT = 1.1;

/**
 * Each timed row beside the same work at the nearest commit before that measured it on this machine.
 * @param current what was measured now
 * @param earlier hashes of the commits before, the nearest first
 * @param history records in any order, of any machine
 */
export function judge(current: BenchRecord, earlier: readonly string[], history: readonly BenchRecord[]): Verdict[] {
  const places = new Map(earlier.map((commit, place) => [commit, place]));
  const before = history
    .filter(({ commit }) => places.has(commit))
    .sort((a, b) => places.get(a.commit)! - places.get(b.commit)!);
  const here = before.filter(({ machine }) => machineId(machine) === machineId(current.machine));
  return Object.entries(current.benchmarks).flatMap(([name, { versions, rows }]) =>
    rows.flatMap((row): Verdict[] => {
      if (!row.ours) return [];
      const old = findRow(name, row.work, here);
      if (!old?.row.ours) {
        const reason = whyNone(name, row.work, before, current.machine);
        return [{ kind: "unknown", name, work: row.work, reason }];
      }
      const reason = whyNot([row, row.ours, "now"], [old.row, old.row.ours, "then"], current.machine);
      if (reason !== undefined) return [{ kind: "unknown", name, work: row.work, reason }];
      const remarks = [...remarksOnVersions(old.versions, versions), ...remarksOnPeer(old.row, row)];
      return [compare({ name, work: row.work, commit: old.commit, remarks }, old.row.ours, row.ours)];
    }),
  );
}

/** The nearest commit's. */
function findRow(name: string, work: string, records: readonly BenchRecord[]) {
  for (const { commit, benchmarks } of records) {
    const row = benchmarks[name]?.rows.find((other) => other.work === work);
    if (row) return { commit, row, versions: benchmarks[name]!.versions };
  }
  return undefined;
}

function compare(
  what: Pick<Compared, "name" | "work" | "commit" | "remarks">,
  before: Figures,
  now: Figures,
): Compared & { kind: "slower" | "faster" | "same" } {
  const spread = Math.max(before.high - before.low, now.high - now.low);
  const change = now.ms - before.ms;
  const kind = change > spread ? "slower" : -change > spread ? "faster" : "same";
  return { ...what, kind, before: before.ms, now: now.ms, spread };
}

/** Why two rows say nothing of each other. */
function whyNot(
  now: readonly [KeptRow, Figures, string],
  then: readonly [KeptRow, Figures, string],
  { processors }: Machine,
): string | undefined {
  for (const [{ others = 0 }, { rounds }, when] of [now, then]) {
    if (rounds < 2) return `measured in one round ${when}, which has no spread`;
    if (others > MOST_OTHERS * processors) {
      return `other programs kept ${others.toFixed(1)} of ${processors} processors busy ${when}`;
    }
  }
  return undefined;
}

/** Why there is no row to compare with. */
function whyNone(name: string, work: string, before: readonly BenchRecord[], machine: Machine): string {
  const elsewhere = before.find(({ benchmarks }) => benchmarks[name]?.rows.some((row) => row.work === work));
  if (!elsewhere) return "no commit before has it in the history";
  const differences = Object.entries(elsewhere.machine).flatMap(([key, value]) => {
    const own = machine[key as keyof Machine];
    return own === value ? [] : [`${key} ${value} there, ${own} here`];
  });
  return `measured before on another machine only: ${differences.join("; ")}`;
}

function remarksOnVersions(before: Versions, now: Versions): string[] {
  return Object.keys(now).flatMap((key) =>
    before[key] === now[key] ? [] : [`${key} ${before[key] ?? "(unknown)"} → ${now[key]}`],
  );
}

function remarksOnPeer({ peer: before }: KeptRow, { peer: now }: KeptRow): string[] {
  if (!before || !now) return [];
  if (before.name !== now.name) return [`peer ${before.name} → ${now.name}`];
  const drift = now.ms / before.ms;
  if (drift > MACHINE_DRIFT) return [`its peer took ${drift.toFixed(2)} times as long as well: the machine was slower`];
  if (drift < 1 / MACHINE_DRIFT) return [`its peer took ${drift.toFixed(2)} of its time: the machine was faster`];
  return [];
}
