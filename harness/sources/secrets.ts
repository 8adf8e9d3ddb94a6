/** Hides in a text from elsewhere what nobody else may read. */
export type Mask = (text: string) => string;

const MASKED = "[key]";

/**
 * Hides keys in errors and descriptions, never in answers. A server may give a key back escaped for JSON, once or twice,
 * for a URL or for HTML: in each way, character by character, it is the key.
 */
export function createMask(secrets: readonly string[]): Mask {
  const patterns = secrets
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length)
    .map((secret) => [...secret].map(anyEscape).join(""));
  if (patterns.length === 0) return (text) => text;
  const pattern = new RegExp(patterns.join("|"), "giu");
  return (text) => text.replace(pattern, MASKED);
}

/** JSON's short escapes put one backslash before these, and JSON within JSON three. */
const BACKSLASHED = new Set(['"', "\\", "/", "'"]);
const HTML_NAMES: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

function anyEscape(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).padStart(2, "0");
  const name = HTML_NAMES[character];
  const literal = `\\u{${code.toString(16)}}`;
  return `(?:${[
    BACKSLASHED.has(character) ? `\\\\{0,3}${literal}` : literal,
    `\\\\{1,2}(?:u0*|x)${hex}`,
    `%(?:25){0,2}${hex}`,
    `&#(?:0*${code}|x0*${hex.replace(/^0/, "")});`,
    ...(name === undefined ? [] : [`&${name};`]),
  ].join("|")})`;
}
