/** Numbers of examples in bins: of each the name of its bin; undefined for none. */
export interface Binned {
  readonly kinds: readonly (string | undefined)[];
  /** The names in the order of the numbers. */
  readonly order: readonly string[];
  /** For people. */
  readonly how: string;
}

/** So many different numbers are slices by themselves. */
const FEW = 8;

/**
 * Bins by bounds that are given; else each number by itself where there are few different ones, or by quartiles. A bin of
 * quartiles is named by the least and the greatest number in it, and equal numbers are never parted, so that there may
 * be fewer than four.
 * @param bounds in ascending order: up to the first, above it up to the second, …, above the last
 */
export function binNumbers(values: readonly (number | undefined)[], bounds?: readonly number[]): Binned {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  if (bounds) return { ...binBetween(values, bounds, nameBounds(bounds)), how: "by the bounds given" };
  const different = [...new Set(sorted)];
  if (different.length <= FEW)
    return { ...binBetween(values, different, different.map(String)), how: "each by itself" };
  const quartiles = [1, 2, 3, 4].map((k) => sorted[Math.ceil((k * sorted.length) / 4) - 1]!);
  const upper = [...new Set(quartiles)];
  return { ...binBetween(values, upper, nameExtremes(sorted, upper)), how: "quartiles" };
}

function binBetween(values: readonly (number | undefined)[], upper: readonly number[], names: readonly string[]) {
  const kinds = values.map((value) => {
    if (value === undefined) return undefined;
    const place = upper.findIndex((bound) => value <= bound);
    return names[place < 0 ? upper.length : place];
  });
  return { kinds, order: names };
}

function nameBounds(bounds: readonly number[]): string[] {
  const between = bounds.slice(1).map((bound, i) => `above ${bounds[i]} to ${bound}`);
  return [`up to ${bounds[0]}`, ...between, `above ${bounds.at(-1)}`];
}

/** `4 to 8`, with as many digits as it takes to tell bins apart. */
function nameExtremes(sorted: readonly number[], upper: readonly number[]): string[] {
  const nameBy = (write: (value: number) => string) =>
    upper.map((most, i) => {
      const least = i === 0 ? sorted[0]! : sorted.find((value) => value > upper[i - 1]!)!;
      const [from, to] = [write(least), write(most)];
      return from === to ? from : `${from} to ${to}`;
    });
  const short = nameBy((value) => String(Number(value.toPrecision(4))));
  return new Set(short).size === short.length ? short : nameBy(String);
}
