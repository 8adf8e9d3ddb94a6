/** What tells the items of a list apart, in the order in which it is tried; together, where one alone does not. */
const NAMING = ["id", "label", "path", "run", "fact", "subset", "score", "model"] as const;

/** Values without parts, as JSON, by a path that a person can follow: `runs[zero-shot].outcomes[104].prediction`. */
export type Leaves = ReadonlyMap<string, string>;

/** All values without parts that a value holds. */
export function listLeaves(value: unknown): Leaves {
  const leaves = new Map<string, string>();
  visitLeaves(value, Number.POSITIVE_INFINITY, (path, leaf) => {
    const isUnset = hasParts(leaf) && Object.keys(leaf).length > 0; // all that is in it is undefined
    if (!isUnset) leaves.set(path, JSON.stringify(leaf));
  });
  return leaves;
}

/**
 * Visits all values without parts that a value holds, each with a path of its own.
 * @param longest of lists: a longer one counts as a value without parts
 */
export function visitLeaves(value: unknown, longest: number, visit: (path: string, leaf: unknown) => void): void {
  const used = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    const isList = Array.isArray(value);
    const isLong = isList && value.length > longest;
    const entries = !hasParts(value) || isLong ? [] : Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (entries.length === 0 && value !== undefined) {
      const free = unused(path, used);
      used.add(free);
      visit(free, value);
    }
    for (const [key, inner] of entries) {
      walk(inner, isList ? `${path}[${nameItem(inner, key)}]` : path === "" ? key : `${path}.${key}`);
    }
  };
  walk(value, "");
}

function hasParts(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What an item of a list is called in a path. */
export function nameItem(item: unknown, index: string): string {
  if (typeof item !== "object" || item === null) return index;
  const fields = item as Readonly<Record<string, unknown>>;
  const names = NAMING.flatMap((field) => (typeof fields[field] === "string" ? [fields[field]] : []));
  return names.length > 0 ? names.join(", ") : index;
}

function unused(path: string, used: ReadonlySet<string>): string {
  let free = path;
  for (let count = 2; used.has(free); count++) free = `${path} #${count}`;
  return free;
}

/** A value that differs. */
export interface LeafDifference {
  readonly path: string;
  /** As JSON; undefined if it is not there. */
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/** Where two JSON values differ; the order of named items does not matter. */
export function compareLeaves(first: unknown, second: unknown): LeafDifference[] {
  const [a, b] = [listLeaves(first), listLeaves(second)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((path) =>
    a.get(path) === b.get(path) ? [] : [{ path, first: a.get(path), second: b.get(path) }],
  );
}

const MOST_CHARACTERS = 80;

/** A value as a message shows it, cut if it is long. */
export function quoteLeaf(json: string | undefined): string {
  if (json === undefined) return "nothing";
  return json.length > MOST_CHARACTERS ? `${json.slice(0, MOST_CHARACTERS)}…` : json;
}
