import { type CodedText, FIRST_LONG, LONG, NUMBER, SHORT } from "./coded-text.js";
import { GrowingBytes } from "./growing-bytes.js";

/** Of 15 digits at most, so that neither a number nor a difference is rounded; zeros before it are characters. */
const NUMBERS = /[1-9]\d{0,14}|0(?!\d)/g;

const LETTERS = "A-Za-z\\u{80}-\\u{10ffff}";
const PUNCTUATION = `[^${LETTERS}\\\\" ]`;
/** What stands between two texts: quotation marks, punctuation, and names of fields. */
const BETWEEN = `\\\\?"(?:\\\\?"|${PUNCTUATION}| (?![${LETTERS}])|(?<=")[A-Za-z_]{1,32}(?=\\\\?":)){0,32}`;
const WORDS = new RegExp(` ?[${LETTERS}]{1,32}|${BETWEEN}|${PUNCTUATION}{1,16}|[^]`, "gu");

/** A word that occurs less often is spelled. */
const FEWEST = 2;

/**
 * A JSON text in words.
 * @param isSpelled whether all are single characters
 */
export function codeText(json: string, { isSpelled = false } = {}): CodedText {
  const values: number[] = [];
  const text = json.replace(NUMBERS, (digits) => {
    values.push(Number(digits));
    return NUMBER;
  });
  const { kinds, sequence, counts } = tell(text.match(WORDS) ?? []);
  const words = chooseWords(kinds, counts, isSpelled ? Number.POSITIVE_INFINITY : FEWEST);
  const places = new Map(words.map((word, place) => [word, place]));
  const spelling = kinds.map((word) => [places.get(word) ?? Array.from(word, (one) => places.get(one)!)].flat());
  const last = words.map((word) => new Array<number>(word.split(NUMBER).length - 1).fill(0));
  const [codes, numbers] = [new GrowingBytes(), new GrowingBytes()];
  let read = 0;
  for (const kind of sequence) {
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

/** Words by their kinds, and how many there are of each. */
function tell(found: readonly string[]) {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const sequence = Int32Array.from(found, (word) => {
    const kind = numbers.get(word) ?? numbers.size;
    if (kind === counts.length) {
      numbers.set(word, kind);
      counts.push(0);
    }
    counts[kind]!++;
    return kind;
  });
  return { kinds: [...numbers.keys()], sequence, counts };
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

function writeCode(codes: GrowingBytes, place: number): void {
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

function writeNumber(numbers: GrowingBytes, difference: number): void {
  let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
  for (; rest >= 128; rest = Math.floor(rest / 128)) numbers.push(128 + (rest % 128));
  numbers.push(rest);
}
