import { SourceMap, type SourceMapPayload } from "node:module";

/** A place in a text; line and column are counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a place of compiled code was in the text that it was compiled from; undefined where the compiler added it. */
export type Locate = (place: Place) => Place | undefined;

/** Code that has a name in stacks, and what it was compiled from. */
export interface CompiledText {
  readonly source: string;
  readonly locate: Locate;
}

/** {@link Locate} by a source map, as JSON. */
export function locateByMap(json: string): Locate {
  const map = new SourceMap(JSON.parse(json) as SourceMapPayload);
  return ({ line, column }) => {
    const entry = map.findEntry(line - 1, column - 1);
    if (!("originalLine" in entry)) return undefined;
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  };
}

/** Where code was that was compiled twice: `last` leads to what `first` started from. */
export function chain(last: Locate, first: Locate): Locate {
  return (place) => {
    const between = last(place);
    return between && first(between);
  };
}

const INLINE_MAP = "//# sourceMappingURL=data:application/json;base64,";

/** Takes compiled code and the map that it ends with apart. */
export function splitInlineMap(code: string): { code: string; map?: string } {
  const at = code.lastIndexOf(INLINE_MAP);
  if (at < 0) return { code };
  return { code: code.slice(0, at), map: Buffer.from(code.slice(at + INLINE_MAP.length), "base64").toString() };
}
