import { SimvlmError } from "../error.js";
import { type MetricResult, nameEach } from "../metric.js";
import { sumClusters } from "./clusters.js";
import { differencesOf, observedDifferences, type Pair, type PairedDifference, requirePair } from "./paired.js";
import { RandomBlocks } from "./random-source.js";
import { blocksOf, checkResampling, type ResamplingOptions } from "./resampling.js";
import { areWhole, placeSideBySide, RowTable } from "./row-table.js";

/**
 * Paired permutation (approximate randomisation, Noreen 1989): which system made an output is decided by a coin for each
 * example. The p-value is the share of coin tossings whose difference is at least the observed one.
 *
 * @throws SimvlmError `not-paired` where the results are not of one metric on one set of examples
 */
export function pairedPermutation<Name extends string>(
  first: MetricResult<Name>,
  second: MetricResult<Name>,
  options: ResamplingOptions = {},
): Record<Name, PairedDifference> {
  const [differences] = pairedPermutationAll([[first, second]], options);
  return nameEach(first.names, (name) => differences![name]!);
}

/** What came of a test, and by which coins. */
interface Tested {
  readonly resamples: number;
  readonly seed: number;
  readonly differences: Readonly<Record<string, PairedDifference>>;
}

/** The last test of each pair, by its first result and its second. */
const tested = new WeakMap<MetricResult, WeakMap<MetricResult, Tested>>();

/**
 * {@link pairedPermutation} of several pairs, in their order: the same numbers in less time, because coins are tossed
 * once for all pairs of as many examples. What comes of a pair is remembered: to test ahead of need costs nothing.
 *
 * @throws SimvlmError `not-paired`
 */
export function pairedPermutationAll(
  pairs: readonly Pair[],
  options: ResamplingOptions = {},
): Record<string, PairedDifference>[] {
  const { resamples, seed } = checkResampling(options);
  const recall = ([first, second]: Pair) => tested.get(first)?.get(second);
  const isTested = (pair: Pair) => {
    const last = recall(pair);
    return last?.resamples === resamples && last.seed === seed;
  };
  const tests = pairs.filter((pair) => !isTested(pair)).map(prepareExchange);
  for (const count of new Set(tests.map((test) => test.count))) {
    const some = tests.filter((test) => test.count === count);
    const groups = [some.filter(({ isWhole }) => isWhole), some.filter(({ isWhole }) => !isWhole)].flatMap(
      besideEachOther,
    );
    const random = new RandomBlocks(seed);
    for (const { sets } of blocksOf(resamples, count)) {
      for (const rows of sets) tossCoins(random, rows);
      for (const group of groups) countLarge(group, sets);
    }
  }
  for (const { pair, observed, asLarge } of tests) {
    const [first, second] = pair;
    const differences = nameEach(first.names, (_, i) => {
      return { difference: observed[i]!, pValue: (asLarge[i]! + 1) / (resamples + 1) };
    });
    const others = tested.get(first) ?? new WeakMap<MetricResult, Tested>();
    tested.set(first, others.set(second, { resamples, seed, differences }));
  }
  return pairs.map((pair) => recall(pair)!.differences);
}

/** A pair of results, one of whose outputs is to be exchanged at random. */
interface Exchange {
  readonly pair: Pair;
  readonly count: number;
  /** Row 2i is the first system's i-th, row 2i + 1 the second's. */
  readonly values: Float64Array;
  readonly width: number;
  /** Whether sums are exact, in any order. */
  readonly isWhole: boolean;
  readonly observed: readonly number[];
  /** How often each score's difference was at least the observed one. */
  readonly asLarge: number[];
}

/** Pairs of as many examples, whose columns are added up together. */
interface ExchangeGroup {
  readonly tests: readonly Exchange[];
  readonly table: RowTable;
  /** The sums of all rows, where these are exact: what is not one system's is then the other's. */
  readonly total: Float64Array | undefined;
}

function prepareExchange(pair: Pair): Exchange {
  requirePair(pair);
  const [first, second] = pair;
  const width = first.statistics.columns.length;
  const [a, b] = [sumClusters(first), sumClusters(second)];
  const count = a.length / width;
  if (count === 0) throw new SimvlmError("too-few-examples", `${first.metric}: there are no examples to compare`);
  const values = new Float64Array(2 * a.length);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < width; column++) {
      values[2 * row * width + column] = a[row * width + column]!;
      values[(2 * row + 1) * width + column] = b[row * width + column]!;
    }
  }
  const isWhole = areWhole(values);
  return {
    pair,
    count,
    values,
    width,
    isWhole,
    observed: observedDifferences(pair),
    asLarge: first.names.map(() => 0),
  };
}

/** @param tests of which all are whole, or none is; nothing comes of none */
function besideEachOther(tests: readonly Exchange[]): ExchangeGroup[] {
  if (tests.length === 0) return [];
  const table = new RowTable(
    placeSideBySide(tests),
    tests.reduce((sum, { width }) => sum + width, 0),
  );
  const every = Int32Array.from({ length: table.count }, (_, row) => row);
  return [{ tests, table, total: tests[0]!.isWhole ? table.sumRows([every])[0] : undefined }];
}

/** One row of each two: an example's output of the first system or of the second. */
function tossCoins(random: RandomBlocks, rows: Int32Array): void {
  random.fillWhole(rows, 2);
  // a number below one half, whose coin is 0, exchanges the outputs
  for (let i = 0; i < rows.length; i++) rows[i] = 2 * i + 1 - rows[i]!;
}

function countLarge({ tests, table, total }: ExchangeGroup, sets: readonly Int32Array[]) {
  const lefts = table.sumRows(sets);
  const rights = total ? lefts.map((left) => total.map((sum, column) => sum - left[column]!)) : table.sumRows(sets, 1);
  let start = 0;
  for (const { pair, width, observed, asLarge } of tests) {
    const end = start + width;
    for (const [k, left] of lefts.entries()) {
      const differences = differencesOf(pair[0], left.slice(start, end), rights[k]!.slice(start, end));
      for (const [i, difference] of differences.entries()) {
        // equal up to rounding: sums in another order differ in the last bits
        if (Math.abs(difference) >= Math.abs(observed[i]!) * (1 - 1e-12)) asLarge[i]!++;
      }
    }
    start = end;
  }
}
