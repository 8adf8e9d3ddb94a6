/**
 * White space as Python's `str.split()` knows it. JavaScript's `\s` lacks U+001C..U+001F and U+0085 and has U+FEFF,
 * which Python has not.
 */
const PYTHON_SPACES = "\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const RUN = new RegExp(`[${PYTHON_SPACES}]+`, "g");
const ANY = new RegExp(`[${PYTHON_SPACES}]`);
const TRAILING = new RegExp(`[${PYTHON_SPACES}]+$`);
const AROUND = new RegExp(`^[${PYTHON_SPACES}]+|[${PYTHON_SPACES}]+$`, "g");

/** Python's `text.split()`: the words between runs of white space; none for an empty text. */
export function splitWords(text: string): string[] {
  return text.split(RUN).filter((word) => word !== "");
}

export function hasWhiteSpace(text: string): boolean {
  return ANY.test(text);
}

/** Python's `text.rstrip()`. */
export function trimEnd(text: string): string {
  return text.replace(TRAILING, "");
}

/** Python's `text.strip()`. */
export function trim(text: string): string {
  return text.replace(AROUND, "");
}
