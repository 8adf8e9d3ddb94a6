/** What a shell takes as it is. */
const PLAIN = /^[\w@%+=:,./-]+$/;
/** What may stand between double quotes, but for what has a meaning there. */
const READABLE = /^[\p{L}\p{N} -~]+$/u;

/** A word for a script of bash, whatever is in it: it is read as this text and nothing else. */
export function quoteWord(text: string): string {
  if (PLAIN.test(text)) return text;
  if (READABLE.test(text)) return `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
  return `$'${[...text].map(escapeCharacter).join("")}'`;
}

/** A word for any shell of POSIX, which has fewer ways to quote; what is no letter stands in it as it is. */
export function quotePosix(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Words of a command line. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

/** Text for a comment of a script: on one line. */
export function comment(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, " ");
}

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", "'": "\\'" };

function escapeCharacter(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  if (READABLE.test(character)) return character;
  // Three digits each, so that none that follows is taken for one of them.
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

/** `1-3,7`: numbers as schedulers list them. @param numbers ascending */
export function formatRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
