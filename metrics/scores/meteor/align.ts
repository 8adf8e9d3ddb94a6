import type { Match, Span } from "./find-matches.js";

/** A way through the reference up to some place. */
interface Path {
  readonly matches: (Match | undefined)[];
  readonly hypothesisUsed: Uint8Array;
  readonly referenceUsed: Uint8Array;
  /** Weights of matched words, whole numbers. */
  hypothesisWeight: number;
  referenceWeight: number;
  chunks: number;
  distance: number;
  /** Where the hypothesis would go on for the chunk to go on; -1 where none is open. */
  next: number;
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
    matches: new Array<Match | undefined>(referenceLength).fill(undefined),
    hypothesisUsed: new Uint8Array(hypothesisLength),
    referenceUsed: new Uint8Array(referenceLength),
    hypothesisWeight: 0,
    referenceWeight: 0,
    chunks: 0,
    distance: 0,
    next: -1,
  };
  for (const match of findUnambiguous(matches, hypothesisLength)) use(start, match);
  let beam = [start];
  for (let place = 0; place < referenceLength; place++) {
    const continued: Path[] = [];
    for (const path of beam) {
      if (path.referenceUsed[place]) {
        const match = path.matches[place];
        if (match !== undefined && match.reference.start === place) take(path, path, match);
        continued.push(path);
        continue;
      }
      for (const match of matches[place]!) {
        if (!isFree(path.hypothesisUsed, match.hypothesis) || !isFree(path.referenceUsed, match.reference)) continue;
        const taken = copy(path);
        use(taken, match);
        take(taken, path, match);
        continued.push(taken);
      }
      close(path);
      continued.push(path);
    }
    beam = continued.sort(compare).slice(0, BEAM);
  }
  for (const path of beam) close(path);
  const [best] = beam.sort(compare);
  return best!.matches.filter((match) => match !== undefined);
}

function isFree(used: Uint8Array, { start, length }: Span): boolean {
  for (let i = start; i < start + length; i++) if (used[i]) return false;
  return true;
}

function use(path: Path, match: Match): void {
  path.matches[match.reference.start] = match;
  path.hypothesisUsed.fill(1, match.hypothesis.start, match.hypothesis.start + match.hypothesis.length);
  path.referenceUsed.fill(1, match.reference.start, match.reference.start + match.reference.length);
}

/** METEOR adds the distance to the path that the new one comes from: what is tried later from there begins with it. */
function take(path: Path, parent: Path, { module, hypothesis, reference }: Match): void {
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

function copy(path: Path): Path {
  return {
    ...path,
    matches: path.matches.slice(),
    hypothesisUsed: path.hypothesisUsed.slice(),
    referenceUsed: path.referenceUsed.slice(),
  };
}

function compare(a: Path, b: Path): number {
  return (
    b.hypothesisWeight + b.referenceWeight - a.hypothesisWeight - a.referenceWeight ||
    a.chunks - b.chunks ||
    a.distance - b.distance
  );
}

/** Matches of one word with one word that nothing else can match. */
function findUnambiguous(matches: readonly (readonly Match[])[], hypothesisLength: number): Match[] {
  const all = matches.flat();
  const hypothesis = new Int32Array(hypothesisLength);
  const reference = new Int32Array(matches.length);
  const count = (counts: Int32Array, { start, length }: Span) => {
    for (let i = start; i < start + length; i++) counts[i] = counts[i]! + 1;
  };
  for (const match of all) {
    count(hypothesis, match.hypothesis);
    count(reference, match.reference);
  }
  return all.filter(
    (match) =>
      match.hypothesis.length === 1 &&
      match.reference.length === 1 &&
      hypothesis[match.hypothesis.start] === 1 &&
      reference[match.reference.start] === 1,
  );
}
