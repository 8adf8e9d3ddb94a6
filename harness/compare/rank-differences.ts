/** On which examples one run has more, and on which less, than another. */
export interface RankedDifferences {
  /** One value minus the other, of every example. */
  readonly differences: Float64Array;
  /** The places of the examples with more, the largest difference first. */
  readonly wins: readonly number[];
  /** Those with less, the largest difference first. */
  readonly losses: readonly number[];
}

/** Ranks examples by how much more a run has than another; of equal differences the first example stands first. */
export function rankDifferences(values: Float64Array, others: Float64Array): RankedDifferences {
  const differences = values.map((value, i) => value - others[i]!);
  const places = [...differences.keys()];
  return {
    differences,
    wins: places.filter((i) => differences[i]! > 0).sort((a, b) => differences[b]! - differences[a]!),
    losses: places.filter((i) => differences[i]! < 0).sort((a, b) => differences[a]! - differences[b]!),
  };
}
