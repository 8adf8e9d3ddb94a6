/** Hides in a text from elsewhere what nobody else may read. */
export type Mask = (text: string) => string;

const MASKED = "[key]";

/** A shorter secret is a piece of many words: it is hidden only where it stands alone. */
const SHORTEST_PIECE = 8;
/** Of a shorter one nobody shows the beginning and the end. */
const SHORTEST_SHORTENED = 12;

/**
 * Hides keys in errors and descriptions, never in answers. A server may give a key back escaped for JSON, several times
 * over, for a URL or for HTML, in Base64, or shortened to its beginning and its end: in each way it is the key.
 */
export function createMask(secrets: readonly string[]): Mask {
  const patterns = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => {
      const escaped = [...secret].map(anyEscape).join("");
      if (secret.length < SHORTEST_PIECE) return [`(?<![\\p{L}\\p{N}_-])${escaped}(?![\\p{L}\\p{N}_-])`];
      return [escaped, ...inBase64(secret), ...(secret.length < SHORTEST_SHORTENED ? [] : shortened(secret))];
    });
  if (patterns.length === 0) return (text) => text;
  const pattern = new RegExp(patterns.join("|"), "giu");
  return (text) => text.replace(pattern, MASKED);
}

/**
 * Hides a key in names, of addresses and models, that are written down. A word such as `lm-studio`, which servers
 * without keys are given, is none: it stands in names for something else.
 */
export function createNameMask(key: string | undefined): Mask {
  const isSecret = key !== undefined && key.length >= SHORTEST_PIECE && /\d/.test(key);
  return createMask(isSecret ? [key] : []);
}

/** JSON's short escapes put one backslash before these, JSON within JSON three, and within that seven. */
const BACKSLASHED = new Set(['"', "\\", "/", "'"]);
const HTML_NAMES: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };

function anyEscape(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).padStart(2, "0");
  const name = HTML_NAMES[character];
  const literal = `\\u{${code.toString(16)}}`;
  return `(?:${[
    BACKSLASHED.has(character) ? `\\\\{0,7}${literal}` : literal,
    `\\\\{1,4}(?:u0*|x)${hex}`,
    `%(?:25){0,2}${hex}`,
    `&#(?:0*${code}|x0*${hex.replace(/^0/, "")});`,
    ...(name === undefined ? [] : [`&${name};`]),
  ].join("|")})`;
}

/** How many bits a character of Base64 has, and a byte. */
const [SEXTET, OCTET] = [6, 8];

/**
 * A secret within a text in Base64, such as the user's name and the password of Basic authentication: what its bytes
 * become depends on whether 0, 1 or 2 bytes of a group of three come before it.
 */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.from(secret);
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const first = Math.ceil((before * OCTET) / SEXTET);
    const last = Math.floor(((before + bytes.length) * OCTET) / SEXTET);
    const core = [...encoded.slice(first, last)].map((letter) => {
      if (letter === "+") return "[+-]";
      return letter === "/" ? "(?:\\\\{0,7}/|_)" : letter;
    });
    return `[\\w+/-]{0,4}${core.join("")}[\\w+/-]{0,200}={0,2}`;
  });
}

/** `sk-abcde...6789`, `sk-abc***` and `****6789`: three characters of the beginning, or four of the end, at least. */
function shortened(secret: string): string[] {
  const [leastBegin, leastEnd, most] = [3, 4, 24];
  const letters = [...secret].map((letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`);
  const more = letters.slice(leastBegin, most).reduceRight((rest, letter) => `(?:${letter}${rest})?`, "");
  const begin = `${letters.slice(0, leastBegin).join("")}${more}`;
  const gap = "(?:[.…]{2,12}|…|[*•]{2,100})";
  const end = letters.slice(-leastEnd).join("");
  return [`${begin}(?:${gap}[\\w-]{0,${most}}){1,3}`, `${gap}[\\w-]{0,${most}}${end}(?![\\w-])`];
}
