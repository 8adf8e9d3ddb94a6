import { canonical, type Facts, type Noun, type RelationFact, type ThingFact } from "./world/facts.js";
import { type Category, KINDS, type Kind } from "./world/kinds.js";

/** The types of facts that a caption can state about a scene, each of which is counted separately. */
export const FACT_TYPES = ["things", "colors", "sizes", "counts", "relations", "background"] as const;
/** One of {@link FACT_TYPES}. */
export type FactType = (typeof FACT_TYPES)[number];

/** How many facts of one type there are, in one caption or added up over many. */
export interface FactCounts {
  /** Facts of the scene that the caption could have stated. */
  present: number;
  /** Facts that it did state, true or not. */
  said: number;
  /** Facts that it stated and that are true. */
  right: number;
}

/**
 * How a caption's facts agree with those of its scene. From the counts, precision is `right / said` and recall `right /
 * present`.
 */
export interface FactAccuracy {
  readonly counts: Record<FactType, FactCounts>;
  /** Whether the caption names everything in the scene and states nothing that is wrong. */
  readonly exact: boolean;
}

/**
 * Compares what a caption says with what is to be seen. First, things are paired: each thing in the caption with the
 * scene's thing of that kind (or category) that shares most of its attributes. An attribute is right only if its thing
 * is there.
 *
 * @param said as {@link parseFacts} returns it
 * @param scene as {@link sceneFacts} returns it, or as read from a `*-facts.jsonl` file
 */
export function compareFacts(said: Facts, scene: Facts): FactAccuracy {
  const partners = pair(said.things, scene.things);
  const counts = {} as Record<FactType, FactCounts>;
  counts.things = {
    present: scene.things.length,
    said: said.things.length,
    right: partners.filter((partner) => partner !== undefined).length,
  };
  for (const [type, attribute] of ATTRIBUTES) {
    const claims = said.things.map((thing, i) => ({ value: thing[attribute], partner: partners[i] }));
    const made = claims.filter(({ value }) => value !== undefined);
    counts[type] = {
      present: scene.things.length,
      said: made.length,
      right: made.filter(({ value, partner }) => partner !== undefined && scene.things[partner]![attribute] === value)
        .length,
    };
  }
  counts.relations = {
    present: scene.relations.length,
    said: said.relations.length,
    right: said.relations.filter((relation) => holds(relation, partners, scene.relations)).length,
  };
  const { background } = said;
  counts.background = {
    present: scene.background === undefined ? 0 : 1,
    said: background === undefined ? 0 : 1,
    right: background !== undefined && background === scene.background ? 1 : 0,
  };
  const exact =
    counts.things.right === counts.things.present &&
    FACT_TYPES.every((type) => counts[type].right === counts[type].said);
  return { counts, exact };
}

/** Adds up the counts of many captions, type by type. */
export function addFactCounts(all: readonly FactAccuracy[]): Record<FactType, FactCounts> {
  const add = (type: FactType): FactCounts =>
    all.reduce(
      (sum, { counts: { [type]: one } }) => ({
        present: sum.present + one.present,
        said: sum.said + one.said,
        right: sum.right + one.right,
      }),
      { present: 0, said: 0, right: 0 },
    );
  return Object.fromEntries(FACT_TYPES.map((type) => [type, add(type)])) as Record<FactType, FactCounts>;
}

const ATTRIBUTES = [
  ["colors", "color"],
  ["sizes", "size"],
  ["counts", "count"],
] as const;

/** For each said thing the index of the scene's thing it must be, each given away once. */
function pair(said: readonly ThingFact[], present: readonly ThingFact[]): (number | undefined)[] {
  const free = new Set(present.keys());
  return said.map((thing) => {
    const candidates = [...free].filter((index) => isA(present[index]!.noun, thing.noun));
    const shared = (index: number): number =>
      ATTRIBUTES.filter(([, attribute]) => present[index]![attribute] === thing[attribute]).length;
    const best = candidates.sort((a, b) => shared(b) - shared(a))[0];
    if (best !== undefined) free.delete(best);
    return best;
  });
}

/** Whether a thing of this kind may also be called by that noun. Everything is a thing. */
export function isA(kind: Noun, noun: Noun): boolean {
  return kind === noun || noun === "thing" || categoryOf(kind) === noun;
}

function categoryOf(noun: Noun): Category | undefined {
  return noun in KINDS ? KINDS[noun as Kind].category : undefined;
}

/** What sits on something is above it, too; beside is either side. */
const IMPLIES: Record<string, readonly string[]> = { on: ["above"], left: ["beside"], right: ["beside"] };

function holds(
  said: RelationFact,
  partners: readonly (number | undefined)[],
  present: readonly RelationFact[],
): boolean {
  const subject = partners[said.subject];
  const object = partners[said.object];
  if (subject === undefined || object === undefined) return false;
  const claim = canonical({ name: said.name, subject, object });
  return present.some((relation) => {
    const same = relation.subject === claim.subject && relation.object === claim.object;
    const reversed = relation.subject === claim.object && relation.object === claim.subject;
    const named = relation.name === claim.name || (IMPLIES[relation.name]?.includes(claim.name) ?? false);
    return named && (same || (claim.name === "beside" && reversed));
  });
}
