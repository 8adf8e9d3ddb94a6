import { bothCases, type CharSet, complement, unite } from "./char-set.js";

/** A regular expression over UTF-16 code units. */
export type Pattern =
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern; readonly least: number; readonly most: number };

/** What `{NAME}` stands for in a pattern: a set of characters or another pattern. */
export type Definitions = Readonly<Record<string, string | CharSet>>;

/** Equal classes are one object, so that an automaton has few sets to tell apart. */
const sets = new Map<string, CharSet>();

function remember(source: string, read: () => CharSet): CharSet {
  const known = sets.get(source) ?? read();
  sets.set(source, known);
  return known;
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v", "0": "\0" };

/**
 * Reads a pattern in lex notation: `ab` `a|b` `(a)` `a*` `a+` `a?` `a{2,3}` `[a-z_]` `[^a]` `{NAME}`, `\` quotes.
 * Letters outside `[...]` match both cases, inside they are taken literally. White space counts.
 */
export function parsePattern(source: string, definitions: Definitions): Pattern {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`pattern ${source}: ${what} at ${at}`);
  };
  const readQuoted = (): string => {
    const c = source[at++] ?? fail("nothing after \\");
    return ESCAPES[c] ?? c;
  };
  const readUntil = (end: string): string => {
    const stop = source.indexOf(end, at);
    if (stop < 0) fail(`no ${end}`);
    const text = source.slice(at, stop);
    at = stop + 1;
    return text;
  };
  const readClass = (): CharSet => {
    const start = at;
    const negated = source[at] === "^";
    if (negated) at++;
    const readMember = (): string => {
      const c = source[at++] ?? fail("no ]");
      return c === "\\" ? readQuoted() : c;
    };
    const ranges: [number, number][] = [];
    while (source[at] !== "]") {
      const first = readMember().charCodeAt(0);
      const isRange = source[at] === "-" && source[at + 1] !== "]";
      if (isRange) at++;
      ranges.push([first, isRange ? readMember().charCodeAt(0) : first]);
    }
    at++;
    return remember(source.slice(start - 1, at), () => (negated ? complement(unite(ranges)) : unite(ranges)));
  };
  const readAtom = (): Pattern => {
    const c = source[at++]!;
    if (c === "(") {
      const inner = readChoice();
      if (source[at++] !== ")") fail("no )");
      return inner;
    }
    if (c === "[") return { kind: "set", set: readClass() };
    if (c === "{") {
      const name = readUntil("}");
      const definition = definitions[name] ?? fail(`{${name}} is not defined`);
      return typeof definition === "string" ? parsePattern(definition, definitions) : { kind: "set", set: definition };
    }
    const character = c === "\\" ? readQuoted() : c;
    return { kind: "set", set: remember(character, () => bothCases(character)) };
  };
  const readRepeat = (): Pattern => {
    let part = readAtom();
    for (;;) {
      const c = source[at];
      let bounds: [number, number];
      if (c === "*") bounds = [0, Number.POSITIVE_INFINITY];
      else if (c === "+") bounds = [1, Number.POSITIVE_INFINITY];
      else if (c === "?") bounds = [0, 1];
      else if (c === "{" && /[0-9]/.test(source[at + 1] ?? "")) {
        at++;
        const [least, most] = readUntil("}").split(",").map(Number);
        at--;
        bounds = [least!, most ?? least!];
      } else return part;
      at++;
      part = { kind: "repeat", part, least: bounds[0], most: bounds[1] };
    }
  };
  const readSequence = (): Pattern => {
    const parts: Pattern[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(readRepeat());
    return { kind: "sequence", parts };
  };
  const readChoice = (): Pattern => {
    const parts = [readSequence()];
    while (source[at] === "|") {
      at++;
      parts.push(readSequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
  };
  const pattern = readChoice();
  if (at < source.length) fail("unmatched )");
  return pattern;
}

/** The number of characters the pattern always takes, or undefined when it can take more or fewer. */
export function fixedLength(pattern: Pattern): number | undefined {
  switch (pattern.kind) {
    case "set":
      return 1;
    case "sequence":
      return pattern.parts.reduce<number | undefined>((sum, part) => {
        const length = fixedLength(part);
        return sum === undefined || length === undefined ? undefined : sum + length;
      }, 0);
    case "choice": {
      const lengths = new Set(pattern.parts.map(fixedLength));
      return lengths.size === 1 ? [...lengths][0] : undefined;
    }
    case "repeat": {
      const length = fixedLength(pattern.part);
      return pattern.least === pattern.most && length !== undefined ? length * pattern.least : undefined;
    }
  }
}
