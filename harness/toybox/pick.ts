import type { Random } from "../random.js";

/** A number drawn uniformly from [least, most). */
export function uniform(random: Random, least: number, most: number): number {
  return least + (most - least) * random.next();
}

/** True with this probability. */
export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

/** One of the values, all equally likely. */
export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)]!;
}

/** A row of a table that is drawn by weight; weights need not add up to anything. */
export interface Weighted {
  readonly weight: number;
}

/** Draws one row of a table, with a probability proportional to its `weight`. */
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
