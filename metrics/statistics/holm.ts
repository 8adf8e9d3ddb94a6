/**
 * Holm's step-down correction (Holm 1979) of the p-values of one family of tests: whoever rejects what is below 0.05
 * here rejects a true hypothesis anywhere in the family in 5 % of all cases at most, however the tests depend on each
 * other.
 * @returns the adjusted p-values, in the order of the given ones; 1 at most
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = pValues.map(() => 1);
  const ascending = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  let largest = 0;
  for (const [rank, place] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[place]!));
    adjusted[place] = largest;
  }
  return adjusted;
}
