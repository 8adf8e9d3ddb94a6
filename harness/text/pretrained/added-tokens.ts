import { WHITE_SPACE, WORD_CHARACTER } from "./older-unicode.js";

/** A token that stands for itself wherever a text has its name, as `tokenizer.json` writes it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it is left alone inside a word. */
  readonly single_word: boolean;
  /** Whether it takes the white space before it. */
  readonly lstrip: boolean;
  /** Whether it takes the white space behind it. */
  readonly rstrip: boolean;
  /** Whether it is looked for in the normalised text. */
  readonly normalized: boolean;
  /** Whether it is left out of decoded text. */
  readonly special: boolean;
}

const ENDS_IN_WORD = new RegExp(`${WORD_CHARACTER}$`, "v");
const BEGINS_WITH_WORD = new RegExp(`^${WORD_CHARACTER}`, "v");
const SPACE_AT_END = new RegExp(`${WHITE_SPACE}*$`, "v");
const SPACE_AT_START = new RegExp(`^${WHITE_SPACE}*`, "v");

/**
 * Finds tokens in texts: the first from the left, and of those that begin together the longest.
 * @param nameOf how a token is written in the text
 * @returns a function from a text to its parts in order, text without tokens or the id of a token; none is empty
 */
export function createTokenFinder(
  tokens: readonly AddedToken[],
  nameOf: (token: AddedToken) => string,
): (text: string) => (string | number)[] {
  const byName = new Map<string, AddedToken>();
  for (const token of tokens) if (nameOf(token) !== "") byName.set(nameOf(token), token);
  if (byName.size === 0) return (text) => (text === "" ? [] : [text]);
  const longestFirst = [...byName.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "gu");
  return (text) => {
    const parts: (string | number)[] = [];
    let done = 0;
    for (const match of text.matchAll(pattern)) {
      const [name] = match;
      const token = byName.get(name)!;
      const before = text.slice(0, match.index);
      const behind = text.slice(match.index + name.length);
      if (token.single_word && (ENDS_IN_WORD.test(before) || BEGINS_WITH_WORD.test(behind))) continue;
      const spaceBefore = token.lstrip ? SPACE_AT_END.exec(before)![0].length : 0;
      const spaceBehind = token.rstrip ? SPACE_AT_START.exec(behind)![0].length : 0;
      const start = Math.max(match.index - spaceBefore, done);
      if (start > done) parts.push(text.slice(done, start));
      parts.push(token.id);
      done = match.index + name.length + spaceBehind;
    }
    if (done < text.length) parts.push(text.slice(done));
    return parts;
  };
}
