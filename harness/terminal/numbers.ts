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

/** A difference of scores with its sign. */
export function formatSigned(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(DECIMALS)}`;
}

/** A p-value; the smallest are only said to be small. */
export function formatProbability(p: number): string {
  return p < 0.0001 ? "< 0.0001" : p.toFixed(4);
}
