/** A text in quotes, as Python and JSON write it. */
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs;

/**
 * The texts of a list that a table's cell has as a text: `["a", "b"]`, or as pandas writes lists and arrays into CSV,
 * `['a', 'b']` and `['a' 'b']`. Undefined for any other text, such as one that stands in brackets itself.
 */
function readListText(text: string): string[] | undefined {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inner === undefined || !/^[\s,]*$/.test(inner.replace(QUOTED, ""))) return undefined;
  const items = inner.match(QUOTED);
  return items ? items.map(unquote) : undefined;
}

/** What a field holds, as a list: its own, one that is written as a text, or the value alone. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return (typeof value === "string" ? readListText(value) : undefined) ?? [value];
}

function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(u[\da-fA-F]{4}|.)/gs, (_, escaped: string) =>
      escaped.length > 1 ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16)) : (ESCAPES[escaped] ?? escaped),
    );
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
