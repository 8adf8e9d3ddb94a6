import type { Machine, Versions } from "./machine.js";
import type { Row } from "./row.js";

/** A row as it is kept. */
export type KeptRow = Row & {
  /** When it was measured. */
  readonly measured: string;
  /** How many processors other programs kept busy meanwhile, where that is known. */
  readonly others?: number;
};

/** What was measured of one commit on one machine. */
export interface BenchRecord {
  /** The whole hash. */
  readonly commit: string;
  /** Whether files were changed that the commit does not have. */
  readonly isChanged: boolean;
  readonly machine: Machine;
  /** By the benchmark's name; of another provider than the processor `engine@webgpu`. */
  readonly benchmarks: Readonly<Record<string, KeptBenchmark>>;
}

/** What was measured in one benchmark. */
export interface KeptBenchmark {
  readonly versions: Versions;
  readonly rows: readonly KeptRow[];
}

/** A record with a row more; one of the same work is replaced. */
export function withRow(record: BenchRecord, name: string, row: KeptRow, versions: Versions): BenchRecord {
  const before = record.benchmarks[name]?.rows ?? [];
  const place = before.findIndex(({ work }) => work === row.work);
  const rows = place < 0 ? [...before, row] : before.with(place, row);
  return { ...record, benchmarks: { ...record.benchmarks, [name]: { versions, rows } } };
}
