import type { Match } from "./find-matches.js";
import type { Span } from "./meteor-text.js";

/** A way through the reference up to some place. */
interface Path {
  /** What was chosen, the last first. */
  chosen: Chosen | undefined;
  /** A bit for each word that is in a match: of the hypothesis, then of the reference. */
  readonly used: number[];
  /** Weights of matched words, whole numbers. */
  hypothesisWeight: number;
  referenceWeight: number;
  chunks: number;
  distance: number;
  /** Where the hypothesis would go on for the chunk to go on; -1 where none is open. */
  next: number;
}

interface Chosen {
  readonly match: Match;
  readonly before: Chosen | undefined;
}

const BEAM = 40;
/** What a matched word weighs here, by module. */
const WEIGHTS = [1, 0.5, 0.5, 0.5];

/**
 * Chooses matches so that no word is in two of them, by METEOR's beam search: most words, then fewest chunks, then least
 * distance.
 *
 * @param matches by where they begin in the reference
 */
export function align(matches: readonly (readonly Match[])[], hypothesisLength: number): Match[] {
  const referenceLength = matches.length;
  const start: Path = {
    chosen: undefined,
    used: new Array<number>((hypothesisLength + referenceLength + 31) >> 5).fill(0),
    hypothesisWeight: 0,
    referenceWeight: 0,
    chunks: 0,
    distance: 0,
    next: -1,
  };
  const use = (path: Path, { hypothesis, reference }: Match) => {
    setBits(path.used, hypothesis.start, hypothesis.length);
    setBits(path.used, hypothesisLength + reference.start, reference.length);
  };
  const isFree = (path: Path, { hypothesis, reference }: Match) =>
    areClear(path.used, hypothesis.start, hypothesis.length) &&
    areClear(path.used, hypothesisLength + reference.start, reference.length);
  const { settled, isAll } = settle(matches, hypothesisLength);
  if (isAll) return settled.filter((match) => match !== undefined);
  for (const match of settled) if (match !== undefined) use(start, match);
  let beam = [start];
  for (let place = 0; place < referenceLength; place++) {
    const match = settled[place];
    if (match !== undefined) {
      for (const path of beam) take(path, path, match);
      continue;
    }
    const candidates = matches[place]!;
    const continued: Path[] = [];
    for (const path of beam) {
      if (areClear(path.used, hypothesisLength + place, 1)) {
        for (const candidate of candidates) {
          if (!isFree(path, candidate)) continue;
          const taken = { ...path, used: path.used.slice() };
          use(taken, candidate);
          take(taken, path, candidate);
          continued.push(taken);
        }
        close(path);
      }
      continued.push(path);
    }
    beam = rank(continued);
    if (beam.length > BEAM) beam.length = BEAM;
  }
  for (const path of beam) close(path);
  const chosen: Match[] = [];
  for (let each = rank(beam)[0]!.chosen; each !== undefined; each = each.before) chosen.push(each.match);
  return chosen.reverse();
}

function areClear(bits: readonly number[], start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if ((bits[i >> 5]! >> (i & 31)) & 1) return false;
  return true;
}

function setBits(bits: number[], start: number, length: number): void {
  for (let i = start; i < start + length; i++) bits[i >> 5]! |= 1 << (i & 31);
}

/** METEOR adds the distance to the path that the new one comes from: what is tried later from there begins with it. */
function take(path: Path, parent: Path, match: Match): void {
  const { module, hypothesis, reference } = match;
  path.chosen = { match, before: path.chosen };
  path.hypothesisWeight = Math.trunc(path.hypothesisWeight + hypothesis.length * WEIGHTS[module]!);
  path.referenceWeight = Math.trunc(path.referenceWeight + reference.length * WEIGHTS[module]!);
  parent.distance += Math.abs(hypothesis.start - reference.start);
  if (path.next !== hypothesis.start && path.next !== -1) path.chunks++;
  path.next = hypothesis.start + hypothesis.length;
}

function close(path: Path): void {
  if (path.next !== -1) path.chunks++;
  path.next = -1;
}

function compare(a: Path, b: Path): number {
  return (
    b.hypothesisWeight + b.referenceWeight - a.hypothesisWeight - a.referenceWeight ||
    a.chunks - b.chunks ||
    a.distance - b.distance
  );
}

/** Sorts paths, which keep their order where none is better; few lists are out of order. */
function rank(paths: Path[]): Path[] {
  for (let i = 1; i < paths.length; i++) if (compare(paths[i - 1]!, paths[i]!) > 0) return paths.sort(compare);
  return paths;
}

interface Settled {
  /** For each place of the reference the match of one word with one word that nothing else can match. */
  readonly settled: (Match | undefined)[];
  /** Whether there are no other matches. */
  readonly isAll: boolean;
}

function settle(matches: readonly (readonly Match[])[], hypothesisLength: number): Settled {
  const hypothesis = new Int32Array(hypothesisLength);
  const reference = new Int32Array(matches.length);
  let left = 0;
  for (const here of matches) {
    for (const match of here) {
      count(hypothesis, match.hypothesis);
      count(reference, match.reference);
      left++;
    }
  }
  const settled = matches.map(([match]) => {
    const isSettled =
      match !== undefined &&
      match.hypothesis.length === 1 &&
      match.reference.length === 1 &&
      hypothesis[match.hypothesis.start] === 1 &&
      reference[match.reference.start] === 1;
    if (!isSettled) return undefined;
    left--;
    return match;
  });
  return { settled, isAll: left === 0 };
}

function count(counts: Int32Array, { start, length }: Span): void {
  for (let i = start; i < start + length; i++) counts[i] = counts[i]! + 1;
}
