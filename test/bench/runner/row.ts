/** One doing of a piece of work. */
export interface Run {
  readonly ms: number;
  /** Of all its processes and threads together, where the system tells. */
  readonly processorMs?: number;
  /** The most memory that its processes had at a time, where the system tells. */
  readonly megabytes?: number;
}

/** What one side took in all its rounds. */
export interface Figures {
  /** The median of the rounds, and the shortest and the longest of them: the spread. */
  readonly ms: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
  readonly processorMs?: number;
  readonly megabytes?: number;
}

/** A piece of work that was measured: ours, and beside it the peer's where there is one. */
export interface Row {
  /** What it is, for a reader; the same work has the same name at every commit. */
  readonly work: string;
  /** Left out of work that is not timed. */
  readonly ours?: Figures;
  readonly peer?: Figures & { readonly name: string };
  /** Why there is none. */
  readonly noPeer?: string;
  /** The peer's median / ours. */
  readonly ratio?: number;
  /** Whatever else is to be known of it. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** What a benchmark is told. */
export interface BenchOptions {
  /** How often each side does its work; by default each benchmark has a number of its own, which a quiet machine has time for. */
  readonly rounds?: number;
  /** What runs our models. */
  readonly provider: string;
  /** Whether all benchmarks run: then the longest of them leave out what others measure much like. */
  readonly isWhole: boolean;
}

/** A benchmark that cannot be done here, and why. */
export class Skip extends Error {}

/** @param runs at least one */
export function figuresOf(runs: readonly Run[]): Figures {
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const processor = runs.flatMap(({ processorMs }) => processorMs ?? []);
  const megabytes = runs.flatMap((run) => run.megabytes ?? []);
  return {
    ...rounded({ ms: median(times), low: times[0]!, high: times.at(-1)!, rounds: times.length }),
    ...(processor.length > 0 && { processorMs: round(median(processor)) }),
    ...(megabytes.length > 0 && { megabytes: Math.round(Math.max(...megabytes)) }),
  };
}

/** Ours beside the peer's, or why there is no peer. */
export function rowOf(
  work: string,
  ours: readonly Run[],
  peer: { readonly name: string; readonly runs: readonly Run[] } | { readonly none: string },
  facts: Row["facts"] = {},
): Row {
  const mine = figuresOf(ours);
  const rest = Object.keys(facts).length > 0 ? { facts } : {};
  if ("none" in peer) return { work, ours: mine, noPeer: peer.none, ...rest };
  const theirs = figuresOf(peer.runs);
  return { work, ours: mine, peer: { name: peer.name, ...theirs }, ratio: round(theirs.ms / mine.ms), ...rest };
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** To three digits, or whole milliseconds. */
export function rounded({ ms, low, high, ...rest }: Figures): Figures {
  return { ms: round(ms), low: round(low), high: round(high), ...rest };
}

function round(number: number): number {
  return Math.abs(number) >= 100 ? Math.round(number) : Number(number.toPrecision(3));
}
