/** A score of each example is kept in so many decimals: of 40,000 examples, all digits would take a tenth of a report. */
const DECIMALS = 6;
const SCALE = 10 ** DECIMALS;

/** Scores of single examples as reports have them. */
export function roundScores(values: Iterable<number>): number[] {
  return Array.from(values, (value) => Math.round(value * SCALE) / SCALE);
}
