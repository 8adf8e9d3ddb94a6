/**
 * White space as Python's `str.split()` knows it. JavaScript's `\s` lacks U+001C..U+001F and U+0085 and has U+FEFF,
 * which Python has not.
 */
const PYTHON_SPACES = "\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD = new RegExp(`[^${PYTHON_SPACES}]+`, "g");
const SPACE = new RegExp(`[${PYTHON_SPACES}]`);
/** Whether each code unit is white space, up to the last that is. */
const IS_SPACE = Uint8Array.from({ length: 0x3001 }, (_, code) => Number(SPACE.test(String.fromCharCode(code))));

/** Python's `text.split()`: the words between runs of white space; none for an empty text. */
export function splitWords(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Whether any of {@link splitWords}' white space stands in the text. */
export function hasWhiteSpace(text: string): boolean {
  return SPACE.test(text);
}

/** Whether a code unit is white space. */
export function isWhiteSpace(code: number): boolean {
  return IS_SPACE[code] === 1;
}

/** Python's `text.rstrip()`. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Python's `text.strip()`. */
export function trim(text: string): string {
  let start = 0;
  while (start < text.length && isWhiteSpace(text.charCodeAt(start))) start++;
  return trimEnd(text.slice(start));
}
