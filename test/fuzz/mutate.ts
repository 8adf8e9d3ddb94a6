import fc from "fast-check";

/** A change of some JSON. */
export interface Mutation {
  /** Which of its nodes: a share of their number. */
  readonly place: number;
  readonly kind: "replace" | "remove" | "repeat" | "rename" | "move";
  readonly value: unknown;
  readonly other: number;
}

/** Stands in JSON for what `JSON.stringify` cannot write. */
const DEEP = "@@deep@@";
const DEEPER = "@@deeper@@";
const NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "length"];

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 1, 1.5, 1e300, -1e300, 2 ** 31, 2 ** 53, 1e9],
    ...["", ".", "..", "/", "/dev/zero", "../../secret", "a/../../b", "C:\\x", "\0", "\u202e", "\ud800", "%E0", "=1+1"],
    ...["<script>1</script>", "</script>", "<!--/simvlm-section-->", "$&", "x".repeat(5000), "1e999", "NaN", "[", "{}"],
    ...[[], {}, [[]], [null], { constructor: 1 }, { length: -1 }, [{}], DEEP, DEEPER],
    ...NAMES,
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** One to three changes. */
export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    kind: fc.constantFrom("replace", "replace", "replace", "remove", "repeat", "rename", "move"),
    value: hostile,
    other: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  }),
  { minLength: 1, maxLength: 3 },
);

interface Node {
  readonly holder: object;
  readonly key: string;
}

function listNodes(value: unknown, nodes: Node[] = []): Node[] {
  if (typeof value !== "object" || value === null) return nodes;
  for (const key of Object.keys(value)) {
    nodes.push({ holder: value, key });
    listNodes(Reflect.get(value, key), nodes);
  }
  return nodes;
}

/** As an own property, whatever its name. */
const put = (holder: object, key: string, value: unknown) =>
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

function apply(root: object, { place, kind, value, other }: Mutation): void {
  const nodes = listNodes(root);
  const node = nodes[Math.floor(place * nodes.length)];
  if (!node) return;
  const { holder, key } = node;
  const own: unknown = Reflect.get(holder, key);
  if (kind === "replace") put(holder, key, structuredClone(value));
  else if (kind === "move") {
    const from = nodes[Math.floor(other * nodes.length)]!;
    put(holder, key, structuredClone(Reflect.get(from.holder, from.key)));
  } else if (Array.isArray(holder)) {
    if (kind === "remove") holder.splice(Number(key), 1);
    else holder.push(structuredClone(own));
  } else {
    if (kind !== "repeat") Reflect.deleteProperty(holder, key);
    if (kind !== "remove") put(holder, NAMES[Math.floor(other * NAMES.length)]!, structuredClone(own));
  }
}

/** JSON with the changes, on one line; what is nested 30,000 deep is written by hand. */
export function mutateJson(text: string, changes: readonly Mutation[]): string {
  const root = { root: JSON.parse(text) as unknown };
  for (const change of changes) apply(root, change);
  const nest = (depth: number) => `${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`;
  return JSON.stringify(root.root ?? null)
    .replaceAll(`"${DEEPER}"`, () => nest(15_000))
    .replaceAll(`"${DEEP}"`, () => nest(40));
}

/** A piece of a text that is taken out, put in again elsewhere, or replaced. */
export const cuts = fc.record({
  start: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 3000 }),
  insert: fc.constantFrom(
    "",
    "<!--simvlm-section a-->",
    "<!--simvlm-section x".repeat(2000),
    "<!--/simvlm-section-->",
    "<!--simvlm-figure map-1-->",
    "<!--simvlm-figure ".repeat(2000),
    '<script type="application/json" id="simvlm-report">',
    '<script type="application/vnd.simvlm.words" id="simvlm-report">',
    '<script type="application/json" id="simvlm-seal">',
    "</script>",
    "\0",
    '"',
  ),
});
