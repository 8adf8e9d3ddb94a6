const DECIMALS = 4;
const INTERVAL_DECIMALS = 3;

/** A score, with its interval on a line of its own, so that a row fits a terminal. */
export function formatScore(value: number, interval?: { low: number; high: number }): string {
  const fewer = value >= 10 ? 2 : 0;
  const score = value.toFixed(DECIMALS - fewer);
  if (!interval) return score;
  const [low, high] = [interval.low, interval.high].map((bound) => bound.toFixed(INTERVAL_DECIMALS - fewer));
  return `${score}\n[${low}, ${high}]`;
}

/** A count with thousands separators; `toLocaleString` takes 50 ms to load its tables. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `95 %` */
export function formatPercent(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`;
}

/** A difference of scores with its sign. */
export function formatSigned(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(DECIMALS)}`;
}

const SMALLEST_PROBABILITY = 0.0001;

/**
 * A p-value; the smallest are only said to be small.
 * @param least the smallest that resamples can tell: it says no more than that p is less
 */
export function formatProbability(p: number, least = 0, decimals = DECIMALS): string {
  if (p <= least) return `< ${roundUp(least)}`;
  return p < SMALLEST_PROBABILITY ? "< 0.0001" : p.toFixed(decimals);
}

/** To one digit: 1/1001 is less than 0.001. */
function roundUp(probability: number): string {
  const unit = 10 ** Math.floor(Math.log10(probability));
  return (Math.ceil(probability / unit) * unit).toPrecision(1);
}

/** The smallest p-value that so many resamples can tell. */
export function leastProbability({ resamples }: { readonly resamples: number }): number {
  return 1 / (resamples + 1);
}
