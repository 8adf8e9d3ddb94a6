import { printable } from "./printable.js";

/** Somebody's text on one line, harmless for a terminal. */
export function line(text: string): string {
  return printable(text.replace(/[\s\u2028\u2029]+/g, " ").trim());
}
