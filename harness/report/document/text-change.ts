/** Shown before and after what differs. */
const CONTEXT = 24;
const MOST = 100;
const BOUNDARY = /[\s<>"]/;

/**
 * The first place where a text is not what it should be: `says "0.9", where the embedded data say "0.8"`.
 * @param source what says how it should be, in the plural
 */
export function describeChange(expected: string, found: string, source = "the embedded data"): string {
  let start = 0;
  while (start < expected.length && start < found.length && expected[start] === found[start]) start++;
  let end = 0;
  const shorter = Math.min(expected.length, found.length) - start;
  while (end < shorter && expected.at(-1 - end) === found.at(-1 - end)) end++;
  const begin = widen(expected, start, -1);
  const tail = expected.length - widen(expected, expected.length - end, 1);
  const cut = (text: string) => {
    const part = text.slice(begin, text.length - tail);
    return showHidden(JSON.stringify(part.length > MOST ? `${part.slice(0, MOST)}…` : part));
  };
  return `says ${cut(found)}, where ${source} say ${cut(expected)}`;
}

/** To where a word begins or ends, not too far. */
function widen(text: string, place: number, step: 1 | -1): number {
  let at = place;
  const next = () => text[step < 0 ? at - 1 : at];
  while (next() !== undefined && !BOUNDARY.test(next()!) && Math.abs(at - place) < CONTEXT) at += step;
  return at;
}

/** Characters that are not seen, as JSON can write them. */
function showHidden(json: string): string {
  return json.replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
