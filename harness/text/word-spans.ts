import type { Tokenizer } from "./assemble-tokenizer.js";

/**
 * A word of a token sequence: the positions from `start` up to, but not including, `end`, and its text without the
 * spaces around it.
 */
export interface WordSpan {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The words of a token sequence. Two neighbours belong to different words where the decoder puts a space between
 * them, so it does not matter how pieces mark a word: `▁word`, `Ġword`, `##piece` or `word</w>`.
 */
export function findWords(
  ids: readonly number[],
  isSpecial: (id: number) => boolean,
  textOf: (ids: readonly number[]) => string,
): WordSpan[] {
  const bounds: [start: number, end: number][] = [];
  for (const [position, id] of ids.entries()) {
    if (isSpecial(id)) continue;
    const before = ids[position - 1];
    const goesOn = before !== undefined && !isSpecial(before) && !hasSpaceBetween(before, id, textOf);
    if (goesOn) bounds.at(-1)![1] = position + 1;
    else bounds.push([position, position + 1]);
  }
  return bounds.map(([start, end]) => ({ text: textOf(ids.slice(start, end)).replace(/^ | $/g, ""), start, end }));
}

/** The space may be of either: a decoder writes `word</w>` with a space behind it, even where nothing follows. */
function hasSpaceBetween(left: number, right: number, textOf: (ids: readonly number[]) => string): boolean {
  const first = textOf([left]);
  const both = textOf([left, right]);
  return both.startsWith(`${first} `) || (/[^ ] $/.test(first) && both.startsWith(first));
}

/** The ids of pieces that are a word of two letters or more by themselves, wherever they stand. */
export function listWholeWords(tokenizer: Tokenizer): number[] {
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  return ids.filter((id) => {
    const twice = tokenizer.words([id, id]);
    return twice.length === 2 && twice[1]!.text.length > 1;
  });
}
