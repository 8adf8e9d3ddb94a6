/** Beside a table's bars, the mark that a table itself puts around texts that are written from right to left. */
const MARKS_OF_TABLES = "(?<=│ *)\\u200e|\\u200e(?= *│)";
const UNSEEN = new RegExp(`(?!\\n|${MARKS_OF_TABLES})[\\p{Cc}\\p{Cf}\\p{Cs}]`, "gu");

/**
 * Text from data files, made harmless for a terminal: control characters (escape sequences), invisible and
 * direction-changing ones and lone surrogates become U+FFFD. Line feeds stay.
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, "\ufffd");
}

/** Somebody's text on one line, harmless for a terminal. */
export function line(text: string): string {
  return printable(text.replace(/[\s\u2028\u2029]+/g, " ").trim());
}
