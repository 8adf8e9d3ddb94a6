/** More cannot be told apart in a plot, and would only make its page large. */
const MOST_POINTS = 1500;

/** The values, or as many of them as can be seen, evenly spread; the first and the last are always among them. */
export function thin<T>(values: readonly T[], most = MOST_POINTS): T[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!);
}
