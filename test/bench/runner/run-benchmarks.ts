import { othersBetween, readProcessorTimes } from "./machine.js";
import type { KeptRow } from "./record.js";
import { type BenchOptions, type Row, Skip } from "./row.js";

/** One of the benchmarks. */
export interface Benchmark {
  /** Rows as they are measured, or all at once. */
  readonly run: (options: BenchOptions) => AsyncIterable<Row> | Promise<Iterable<Row>>;
  /** Whether a provider other than the processor can do it. */
  readonly runsModel?: boolean;
}

/** What became of a benchmark. */
export interface Outcome {
  readonly name: string;
  readonly seconds: number;
  readonly rows: readonly KeptRow[];
  /** Why it was not done. */
  readonly skipped?: string;
  /** What went wrong, after the rows that there are. */
  readonly failed?: unknown;
}

export interface RunnerOptions extends BenchOptions {
  /** Why the provider cannot be used here; undefined when it can. */
  readonly missingProvider: string | undefined;
  /** Gets each row as soon as it is there. */
  readonly keep: (name: string, row: KeptRow) => void;
}

/** Of less time the system's clocks are too coarse to say who was busy. */
const SHORTEST_MS = 500;

/** Runs benchmarks one after the other; what cannot be done, or fails, keeps none of the others from running. */
export async function* runBenchmarks(
  benchmarks: readonly (readonly [string, Benchmark])[],
  options: RunnerOptions,
): AsyncGenerator<Outcome> {
  for (const [name, benchmark] of benchmarks) yield await runBenchmark(name, benchmark, options);
}

async function runBenchmark(name: string, benchmark: Benchmark, options: RunnerOptions): Promise<Outcome> {
  const started = performance.now();
  const rows: KeptRow[] = [];
  const isElsewhere = benchmark.runsModel === true && options.provider !== "cpu";
  const key = isElsewhere ? `${name}@${options.provider}` : name;
  const end = (rest: Pick<Outcome, "skipped" | "failed"> = {}): Outcome => {
    return { name: key, seconds: Math.round((performance.now() - started) / 1000), rows, ...rest };
  };
  if (isElsewhere && options.missingProvider !== undefined) return end({ skipped: options.missingProvider });
  try {
    let before = readProcessorTimes();
    let others: number | undefined;
    for await (const row of await benchmark.run(options)) {
      const now = readProcessorTimes();
      if (before && now && now.at - before.at >= SHORTEST_MS) {
        others = othersBetween(before, now);
        before = now;
      } // else they were measured together: it holds for this one as well
      const kept = { ...row, measured: new Date().toISOString(), ...(others !== undefined && { others }) };
      rows.push(kept);
      options.keep(key, kept);
    }
    return end();
  } catch (error) {
    return end(error instanceof Skip ? { skipped: error.message } : { failed: error });
  }
}
