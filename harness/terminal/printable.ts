/**
 * Text from data files, made harmless for a terminal: control characters (escape sequences), invisible and
 * direction-changing ones and lone surrogates become U+FFFD. Line feeds stay.
 */
export function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu, "\ufffd");
}
