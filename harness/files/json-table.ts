/** Brackets and commas: 15,000 tensors take so many. JSON may take a hundred times its length in memory. */
const MOST_PARTS = 200_000;
/** How deep tables and lists may stand in each other. */
const DEEPEST = 16;

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
  const problem = findExcess(text);
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

/** What is too much in a text, be it JSON or not. */
function findExcess(text: string): string | undefined {
  let [depth, parts, isString] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === "\\") at++;
      else if (character === '"') isString = false;
      continue;
    }
    if (character === '"') isString = true;
    else if (character === "[" || character === "{") [depth, parts] = [depth + 1, parts + 1];
    else if (character === "]" || character === "}") depth--;
    else if (character === ",") parts++;
    if (depth > DEEPEST) return `is nested more than ${DEEPEST} deep`;
    if (parts > MOST_PARTS) return `has more than ${MOST_PARTS} parts`;
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

/** Where the string that opens at `start` has ended. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Whether the string that ended before `at` is a key: a colon follows. */
function isKey(json: string, at: number): boolean {
  let next = at;
  while (/\s/.test(json[next]!)) next++;
  return json[next] === ":";
}
