import type { Machine } from "../bench/runner/machine.js";
import type { BenchRecord, KeptRow } from "../bench/runner/record.js";

/** A machine that there is not. */
export const MACHINE: Machine = { processor: "Abacus", processors: 2, gigabytes: 8, system: "linux x64" };

/** Figures of made-up rounds. */
export function figures(ms: number, low: number, high: number, rounds = 5) {
  return { ms, low, high, rounds };
}

/** A made-up record of one benchmark, `score`, with one row. */
export function recordOf(commit: string, row: Partial<KeptRow>, rest: Partial<BenchRecord> = {}): BenchRecord {
  const kept: KeptRow = { work: "a thousand captions", measured: "2026-01-01T00:00:00.000Z", ...row };
  const benchmarks = { score: { versions: { node: "20.20.2" }, rows: [kept] } };
  return { commit, isChanged: false, machine: MACHINE, benchmarks, ...rest };
}
