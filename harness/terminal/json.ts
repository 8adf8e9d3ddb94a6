/** What a terminal would obey, or not show: control characters, direction marks, and what ends a line for some. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * JSON for whoever asks a command for it. Whatever would change how a terminal shows the text is written as an escape:
 * it is the same value for who reads the JSON.
 * @param indent of nested values, in spaces; default all on one line
 */
export function formatJson(value: unknown, indent?: number): string {
  return escapeUnseen(JSON.stringify(value, undefined, indent));
}

/** A JSON text with {@link formatJson}'s escapes. */
export function escapeUnseen(json: string): string {
  // Outside strings JSON has line feeds and spaces only, and in them no line feed.
  return json.replace(UNSEEN, (character) => (character === "\n" ? character : toEscapes(character)));
}

/** One escape for each UTF-16 unit, as JSON has them. */
function toEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }).join("");
}
