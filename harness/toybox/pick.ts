import type { Random } from "../random.js";

/** Uniform in [least, most). */
export function uniform(random: Random, least: number, most: number): number {
  return least + (most - least) * random.next();
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

export interface Weighted {
  readonly weight: number;
}

/** One of the rows of a table, with the probability its `weight` has among all of them. */
export function pickWeighted<T extends Weighted>(random: Random, rows: readonly T[]): T {
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.next() * total;
  for (const row of rows) {
    left -= row.weight;
    if (left < 0) return row;
  }
  return rows.at(-1)!;
}

/** `count` different values, in random order. */
export function pickDistinct<T>(random: Random, values: readonly T[], count: number): T[] {
  const left = [...values];
  return Array.from({ length: count }, () => left.splice(random.integer(left.length), 1)[0]!);
}
