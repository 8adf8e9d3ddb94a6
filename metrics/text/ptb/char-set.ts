/** Sorted, disjoint, inclusive ranges of UTF-16 code units. */
export type CharSet = readonly (readonly [first: number, last: number])[];

const LAST_CODE_UNIT = 0xffff;

/** A pseudo character that stands after the last one of a text; no complement contains it. */
export const END_OF_TEXT = 0x10000;

/** The code units of any of the sets. */
export function unite(...sets: CharSet[]): CharSet {
  const united: [number, number][] = [];
  for (const [first, last] of sets.flat().sort((a, b) => a[0] - b[0])) {
    const previous = united.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else united.push([first, last]);
  }
  return united;
}

/** Every code unit that is not in the set. */
export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST_CODE_UNIT) rest.push([next, LAST_CODE_UNIT]);
  return rest;
}

/** The set of the code units of a string. */
export function charSetOf(characters: string): CharSet {
  return unite(...characters.split("").map((unit): CharSet => [[unit.charCodeAt(0), unit.charCodeAt(0)]]));
}

/** A character in both its cases, when each is one code unit. */
export function bothCases(character: string): CharSet {
  const lower = character.toLowerCase();
  const upper = character.toUpperCase();
  return charSetOf(lower.length === 1 && upper.length === 1 ? lower + upper : character);
}

/** Classes of code units that none of some sets tells apart. */
export interface Partition {
  /** For every code unit and END_OF_TEXT the number of its class. */
  readonly classOf: Uint8Array;
  /** Each class holds this code unit, among others. */
  readonly members: readonly number[];
}

/** Splits all code units into as few classes as the sets allow. */
export function partition(sets: readonly CharSet[]): Partition {
  const togglesAt = new Map<number, number[]>([[0, []]]);
  const toggle = (at: number, set: number): void => {
    if (at > END_OF_TEXT) return;
    const toggles = togglesAt.get(at);
    if (toggles === undefined) togglesAt.set(at, [set]);
    else toggles.push(set);
  };
  sets.forEach((set, index) => {
    for (const [first, last] of set) {
      toggle(first, index);
      toggle(last + 1, index);
    }
  });
  const classOf = new Uint8Array(END_OF_TEXT + 1);
  const members: number[] = [];
  const known = new Map<string, number>();
  const inside = new Set<number>();
  const starts = [...togglesAt.keys()].sort((a, b) => a - b);
  starts.forEach((start, k) => {
    for (const set of togglesAt.get(start)!) if (!inside.delete(set)) inside.add(set);
    const key = [...inside].sort((a, b) => a - b).join();
    if (!known.has(key)) known.set(key, members.push(start) - 1);
    classOf.fill(known.get(key)!, start, starts[k + 1] ?? END_OF_TEXT + 1);
  });
  if (members.length > 256) throw new Error(`${members.length} classes of characters do not fit in a byte`);
  return { classOf, members };
}

/** Whether the set holds the code unit. */
export function contains(set: CharSet, unit: number): boolean {
  return set.some(([first, last]) => first <= unit && unit <= last);
}
