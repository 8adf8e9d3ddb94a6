import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What Node allows an `import`, with what may be loaded by `require` as well. */
const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

type Exports = string | null | readonly Exports[] | Parts;
interface Parts {
  readonly [key: string]: Exports;
}

/**
 * The file of a package that its `exports` give to an `import` only. A cell's imports become `require`, which Node
 * refuses there although it could load the file.
 *
 * @param name a package, or a part of one: `package/part`
 * @param folder where it is looked for, and in all above
 * @returns undefined when there is none
 */
export function findImportOnly(name: string, folder: string): string | undefined {
  const [, packageName, part] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name) ?? [];
  if (packageName === undefined) return undefined;
  const home = join(folder, "node_modules", packageName);
  const file = join(home, "package.json");
  if (!existsSync(file)) return dirname(folder) === folder ? undefined : findImportOnly(name, dirname(folder));
  const { exports } = JSON.parse(readFileSync(file, "utf8")) as { exports?: Exports };
  if (exports === undefined) return undefined;
  const target = findTarget(asParts(exports), `.${part ?? ""}`);
  return target === undefined ? undefined : join(home, target);
}

/** Without parts, everything is about the package itself. */
function asParts(exports: Exports): Parts {
  return isObject(exports) && Object.keys(exports).some((key) => key.startsWith(".")) ? exports : { ".": exports };
}

function findTarget(parts: Parts, wanted: string): string | undefined {
  if (Object.hasOwn(parts, wanted)) return choose(parts[wanted]!);
  const patterns = Object.keys(parts).filter((key) => key.includes("*"));
  // The longest beginning is the most exact one.
  for (const pattern of patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*"))) {
    const [before, after] = pattern.split("*") as [string, string];
    if (!wanted.startsWith(before) || !wanted.endsWith(after) || wanted.length < pattern.length) continue;
    const middle = wanted.slice(before.length, wanted.length - after.length);
    return choose(parts[pattern]!)?.replaceAll("*", () => middle);
  }
  return undefined;
}

/** The first that the conditions allow. */
function choose(exports: Exports): string | undefined {
  if (typeof exports === "string") return exports.startsWith("./") && !exports.includes("..") ? exports : undefined;
  if (exports === null) return undefined;
  const choices = isObject(exports)
    ? Object.entries(exports).flatMap(([condition, value]) => (CONDITIONS.has(condition) ? [value] : []))
    : exports;
  return choices.map(choose).find((found) => found !== undefined);
}

function isObject(value: Exports): value is Parts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
