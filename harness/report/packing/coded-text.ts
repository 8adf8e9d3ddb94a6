/*
 * JSON as the places of its words in a list, which deflates to half of what the text itself does: a caption of ten words
 * is some fifteen bytes before anything is deflated. Nothing here needs Node.js.
 */

/** A JSON text in words, as bytes. */
export interface CodedText {
  /**
   * The words as JSON, the most frequent first: a word with the space before it, punctuation, what stands between two texts
   * with the names of fields in it, or single characters, of which rare words are made. In the place of each number in
   * them is {@link NUMBER}.
   */
  readonly words: Uint8Array;
  /** The text by the places of its words: one byte below {@link SHORT}, else two, or three from {@link FIRST_LONG} on. */
  readonly codes: Uint8Array;
  /**
   * The numbers in the words, in their order: each as its difference from the number before at the same place of the same
   * word, doubled, and of a negative one its size doubled less one; in seven bits a byte, the lowest first, with the eighth
   * bit in all bytes of a number but the last.
   */
  readonly numbers: Uint8Array;
}

/** Stands for a number in a word: JSON has no such character. */
export const NUMBER = "\0";

/** First bytes of codes of one byte lie below, those of two bytes from here on. */
export const SHORT = 160;
/** First bytes of codes of three bytes: there is room for every character. */
export const LONG = 238;
/** The first place whose code has three bytes. */
export const FIRST_LONG = SHORT + (LONG - SHORT) * 256;

/**
 * The text that was coded.
 * @param longest in UTF-16 code units
 * @throws Error for what is no coded text, or a longer one
 */
export function decodeText({ words, codes, numbers }: CodedText, longest = Number.POSITIVE_INFINITY): string {
  const parts = readWords(words).map((word) => word.split(NUMBER));
  const last = parts.map(({ length }) => new Array<number>(length - 1).fill(0));
  const pieces: string[] = [];
  let [at, read, room] = [0, 0, longest];
  const readNumber = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = numbers[read++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  };
  while (at < codes.length) {
    let place = codes[at++]!;
    if (place >= LONG) place = FIRST_LONG + (place - LONG) * 65536 + codes[at++]! * 256 + codes[at++]!;
    else if (place >= SHORT) place = SHORT + (place - SHORT) * 256 + codes[at++]!;
    const own = parts[place];
    if (own === undefined) throw new Error("a word is missing");
    const before = last[place]!;
    let piece = own[0]!;
    for (let i = 0; i < before.length; i++) {
      before[i]! += readNumber();
      piece += `${before[i]}${own[i + 1]}`;
    }
    pieces.push(piece);
    room -= piece.length;
    if (room < 0) throw new Error("they are far longer than any report's");
  }
  if (read !== numbers.length) throw new Error("numbers are missing, or left over");
  return pieces.join("");
}

function readWords(bytes: Uint8Array): string[] {
  const words: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw new Error("they have no list of words");
}
