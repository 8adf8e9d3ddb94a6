import { endOfString } from "./json-string.js";

/** The numbers that Python's `json` writes and JSON has not. */
const NO_NUMBER = /-?\bInfinity\b|\bNaN\b/g;

/**
 * JSON as Python writes it: NaN and Infinity, which JSON has not, become null, as pandas writes what is missing.
 * @throws SyntaxError of `JSON.parse`
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.search(NO_NUMBER) < 0) throw error;
    const repaired = replaceOutsideStrings(text, NO_NUMBER, "null");
    if (repaired === text) throw error;
    try {
      return JSON.parse(repaired);
    } catch {
      throw error;
    }
  }
}

function replaceOutsideStrings(text: string, pattern: RegExp, by: string): string {
  const parts: string[] = [];
  let start = 0;
  while (start < text.length) {
    const open = text.indexOf('"', start);
    const end = open < 0 ? text.length : open;
    parts.push(text.slice(start, end).replace(pattern, by));
    start = open < 0 ? text.length : endOfString(text, open);
    parts.push(text.slice(end, start));
  }
  return parts.join("");
}
