/*
 * A field of comma-separated values. Nothing here needs Node.js or a browser.
 */

/**
 * Spreadsheets take a cell that begins so for a formula and run it, whatever the file says; half and full width.
 * Apostrophes before it count as well, so that {@link unguardText} gives back what {@link guardText} was given.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;
/** A number is no formula. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A text as a spreadsheet may be given it: with an apostrophe before what it would take for a formula. */
export function guardText(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

/** The text that was given to {@link guardText}. */
export function unguardText(text: string): string {
  const inner = text.slice(1);
  return text.startsWith("'") && guardText(inner) === text ? inner : text;
}

/** A field in quotes, whatever it holds. */
export function quoteCsvField(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}

/** Fields as a line, the end of the line not included; what would end a field is quoted. */
export function formatCsvLine(fields: readonly string[]): string {
  return fields.map((field) => (/[",;\t\r\n]/.test(field) ? quoteCsvField(field) : field)).join(",");
}
