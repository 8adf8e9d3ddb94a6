import { endOfString } from "./json-string.js";

/** How much a JSON text may hold. */
export interface JsonLimits {
  /** How deep tables and lists may stand in each other. */
  readonly depth: number;
  /** Brackets and commas: JSON may take a hundred times its length in memory. */
  readonly parts: number;
}

/** What 15,000 tensors take. */
const LIMITS: JsonLimits = { depth: 16, parts: 200_000 };

/**
 * The table that a JSON text holds. A key that stands twice in one object is refused: `JSON.parse` would keep the last
 * value silently, where other programs keep the first.
 * @param name how a key is quoted in messages
 * @param fault makes the error to be thrown from a problem: `is not a JSON table`
 */
export function parseTable(
  text: string,
  name: (key: string) => string,
  fault: (problem: string) => Error,
): Record<string, unknown> {
  const problem = findExcess(text, LIMITS);
  if (problem !== undefined) throw fault(problem);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Falls through to the same fault as JSON that is no table.
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw fault("is not a JSON table");
  const twice = findDuplicateKey(text);
  if (twice !== undefined) throw fault(`has ${name(twice)} twice`);
  return json as Record<string, unknown>;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
/** The bit in which the brackets of lists, 0x5b and 0x5d, differ from those of tables. */
const BRACE_BIT = 0x20;

/** What is too much in a text, be it JSON or not: `is nested more than 16 deep`. */
export function findExcess(text: string, { depth: deepest, parts: most }: JsonLimits): string | undefined {
  let [depth, parts] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at) - 1;
    else if (character === COMMA) parts++;
    else if ((character | BRACE_BIT) === 0x7b) {
      parts++;
      if (++depth > deepest) return `is nested more than ${deepest} deep`;
    } else if ((character | BRACE_BIT) === 0x7d) depth--;
    if (parts > most) return `has more than ${most} parts`;
  }
  return undefined;
}

/** @param json a text that `JSON.parse` takes */
function findDuplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      const keys = open.at(-1);
      if (keys && isKey(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Whether the string that ended before `at` is a key: a colon follows. */
function isKey(json: string, at: number): boolean {
  let next = at;
  while (/\s/.test(json[next]!)) next++;
  return json[next] === ":";
}
