import { type CodedText, FIRST_LONG, LONG, NUMBER, SHORT } from "./coded-text.js";
import { GrowingNumbers } from "./growing-numbers.js";
import { WordScanner } from "./word-scanner.js";

/** A word that occurs less often is spelled. */
const FEWEST = 2;

/**
 * A JSON text in words.
 * @param isSpelled whether all are single characters
 */
export function codeText(json: string, { isSpelled = false } = {}): CodedText {
  const { words: kinds, counts, sequence, values } = new WordScanner(json).scan();
  const words = chooseWords(kinds, counts, isSpelled ? Number.POSITIVE_INFINITY : FEWEST);
  const places = new Map(words.map((word, place) => [word, place]));
  const spelling = kinds.map((word) => [places.get(word) ?? Array.from(word, (one) => places.get(one)!)].flat());
  const last = words.map((word) => new Array<number>(word.split(NUMBER).length - 1).fill(0));
  /** Of words that are neither spelled nor have numbers, which most are, the place. */
  const plain = Int32Array.from(kinds, (word) => (word.includes(NUMBER) ? -1 : (places.get(word) ?? -1)));
  const [codes, numbers] = [new GrowingNumbers(Uint8Array), new GrowingNumbers(Uint8Array)];
  let read = 0;
  for (const kind of sequence) {
    if (plain[kind]! >= 0) {
      writeCode(codes, plain[kind]!);
      continue;
    }
    for (const place of spelling[kind]!) {
      writeCode(codes, place);
      const before = last[place]!;
      for (let i = 0; i < before.length; i++) {
        const value = values[read++]!;
        writeNumber(numbers, value - before[i]!);
        before[i] = value;
      }
    }
  }
  return { words: new TextEncoder().encode(JSON.stringify(words)), codes: codes.finish(), numbers: numbers.finish() };
}

/** The words that occur often enough and the characters of all others, the most frequent first. */
function chooseWords(kinds: readonly string[], counts: readonly number[], fewest: number): string[] {
  const chosen = new Map(kinds.flatMap((word, kind) => (counts[kind]! >= fewest ? [[word, counts[kind]!]] : [])));
  for (const [kind, word] of kinds.entries()) {
    const count = counts[kind]!;
    if (count < fewest) for (const one of word) chosen.set(one, (chosen.get(one) ?? 0) + count);
  }
  return [...chosen].sort(([, a], [, b]) => b - a).map(([word]) => word);
}

function writeCode(codes: GrowingNumbers<Uint8Array>, place: number): void {
  if (place < SHORT) codes.push(place);
  else if (place < FIRST_LONG) {
    codes.push(SHORT + ((place - SHORT) >> 8));
    codes.push((place - SHORT) & 255);
  } else {
    codes.push(LONG + ((place - FIRST_LONG) >> 16));
    codes.push(((place - FIRST_LONG) >> 8) & 255);
    codes.push((place - FIRST_LONG) & 255);
  }
}

function writeNumber(numbers: GrowingNumbers<Uint8Array>, difference: number): void {
  let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
  for (; rest >= 128; rest = Math.floor(rest / 128)) numbers.push(128 + (rest % 128));
  numbers.push(rest);
}
