import { basename } from "node:path";

const ANY_FILE = { "./*": "./*" } as const;

/**
 * A file as the compiler of cells reads it: a package's own `package.json` says that every part of it may be named. The
 * compiler keeps the type of each variable for later cells, and refuses one that comes from a file the package does not
 * offer by itself. What the package offers by name comes first, as before, and Node still loads nothing else.
 */
export function openExports(path: string, text: string | undefined): string | undefined {
  if (text === undefined || basename(path) !== "package.json" || !text.includes('"exports"')) return text;
  try {
    const description = JSON.parse(text) as { exports?: unknown };
    const { exports } = description;
    if (exports === undefined || exports === null) return text;
    const named = hasParts(exports) ? exports : { ".": exports };
    return JSON.stringify({ ...description, exports: { ...named, ...ANY_FILE } });
  } catch {
    return text;
  }
}

function hasParts(exports: unknown): exports is Record<string, unknown> {
  return (
    typeof exports === "object" && !Array.isArray(exports) && Object.keys(exports!).every((key) => key.startsWith("."))
  );
}
