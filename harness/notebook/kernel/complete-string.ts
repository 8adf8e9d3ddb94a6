import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve } from "node:path";
import type * as Compiler from "typescript";

/** What completes the text before a cursor, and which part of it that replaces. */
export interface Completions {
  readonly start: number;
  readonly end: number;
  readonly candidates: string[];
}

/** Where the names in a cell's strings begin. */
export interface Folders {
  /** Imports begin at the notebook, and files elsewhere. */
  readonly notebook: string;
  /** Where packages are that the notebook has not. */
  readonly modules: string;
}

const MODULE = /(?<!\.d)\.(?:[mc]?[jt]sx?|json)$/;

/**
 * Completes a string of a cell: a module in an import, `import(…)` or `require(…)`, and a file anywhere else.
 * @returns undefined where the cursor is in no string
 */
export function completeString(
  ts: typeof Compiler,
  source: string,
  position: number,
  { notebook, modules }: Folders,
): Completions | undefined {
  const literal = findString(ts, source, position);
  if (literal === undefined) return undefined;
  const start = literal.getStart() + 1;
  const typed = source.slice(start, position);
  const slash = Math.max(typed.lastIndexOf("/"), typed.lastIndexOf("\\"));
  const [folder, beginning] = [typed.slice(0, slash + 1), typed.slice(slash + 1)];
  const isModule = namesModule(ts, literal);
  const names =
    isModule && !/^(?:\.{0,2}\/|\.{1,2}$)/.test(typed)
      ? packagesIn([notebook, modules], typed)
      : filesIn(isModule ? resolve(notebook, folder) : resolve(folder), isModule ? MODULE : /(?:)/);
  const from = isModule && !/^\.{0,2}\//.test(typed) ? start : start + slash + 1;
  const wanted = from === start ? typed : beginning;
  const candidates = [...new Set(names)].filter(
    (name) => name.startsWith(wanted) && (wanted !== "" || !name.startsWith(".")),
  );
  return { start: from, end: position, candidates: candidates.sort() };
}

/** The string whose text holds the position; one that is not closed yet ends with its line. */
function findString(ts: typeof Compiler, source: string, position: number): Compiler.StringLiteralLike | undefined {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true);
  const find = (node: Compiler.Node): Compiler.StringLiteralLike | undefined => {
    if (position <= node.getStart() || position > node.end) return undefined;
    if (ts.isStringLiteralLike(node)) {
      const isClosed = node.end - node.getStart() > 1 && source[node.end - 1] === source[node.getStart()];
      return position < node.end || !isClosed ? node : undefined;
    }
    return ts.forEachChild(node, find);
  };
  return ts.forEachChild(file, find);
}

function namesModule(ts: typeof Compiler, { parent }: Compiler.StringLiteralLike): boolean {
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent)) return true;
  if (!ts.isCallExpression(parent)) return ts.isExternalModuleReference(parent);
  const { expression } = parent;
  return expression.kind === ts.SyntaxKind.ImportKeyword || /^require(\.resolve)?$/.test(expression.getText());
}

/** Folders end with a slash. */
function filesIn(folder: string, wanted: RegExp): string[] {
  return list(folder).flatMap((entry) => {
    if (isFolder(entry)) return entry.name === "node_modules" ? [] : [`${entry.name}/`];
    return wanted.test(entry.name) ? [entry.name] : [];
  });
}

/** Names of packages, of Node's own modules, and of the parts that a package offers. */
function packagesIn(folders: readonly string[], typed: string): string[] {
  const homes = folders.flatMap(nodeModules);
  const found = homes.flatMap((home) =>
    list(home).flatMap(({ name }) => {
      if (name.startsWith("@")) return list(join(home, name)).map((scoped) => `${name}/${scoped.name}`);
      return name.startsWith(".") ? [] : [name];
    }),
  );
  const packageName = /^(?:@[^/]+\/)?[^/]+(?=\/)/.exec(typed)?.[0];
  const parts = packageName === undefined ? [] : homes.flatMap((home) => partsOf(join(home, packageName), packageName));
  return [...found, ...parts, ...builtinModules.filter((name) => !name.startsWith("_")).map((name) => `node:${name}`)];
}

function nodeModules(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, "node_modules"), ...(above === folder ? [] : nodeModules(above))];
}

function partsOf(home: string, name: string): string[] {
  try {
    const { exports = {} } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { exports?: object };
    return Object.keys(exports).flatMap((part) => (/^\.\/[^*]+$/.test(part) ? [`${name}${part.slice(1)}`] : []));
  } catch {
    return [];
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFolder(entry: Dirent): boolean {
  return (
    entry.isDirectory() || (entry.isSymbolicLink() && list(join(entry.parentPath ?? entry.path, entry.name)).length > 0)
  );
}
