import type { Random } from "../random.js";
import { isA } from "./fact-accuracy.js";
import { chooseStatement, say, sayThing, wordThing } from "./language/wording.js";
import { type Language, RELATION_PHRASES } from "./language/words.js";
import { pickWeighted } from "./pick.js";
import { canonical, type RelationFact, type SaidRelationName, type ThingFact } from "./world/facts.js";
import type { Group, Scene } from "./world/scene.js";

/** Something that can be said of a scene: that there is a thing, or how a thing is placed in relation to another. */
export interface Claim {
  readonly thing: ThingFact;
  readonly relation?: { readonly name: SaidRelationName; readonly object: ThingFact };
}

/** How true a claim is; `maybe` if it depends on what is in a present, which cannot be seen. */
export type Truth = "true" | "maybe" | "false";

/** Whether the group contains a thing like this. One dog is among three dogs; but nobody would say two of three. */
export function matches({ kind, color, size, count }: Group, thing: ThingFact): boolean {
  return (
    isA(kind, thing.noun) &&
    (thing.color === undefined || thing.color === color) &&
    (thing.size === undefined || thing.size === size) &&
    (thing.count === undefined || thing.count === 1 || thing.count === count)
  );
}

/**
 * Whether a claim is true of a scene whose presents may hold anything.
 *
 * @returns undefined where people would not agree: three dogs called two, or positions that the scene leaves open
 */
export function judge({ thing, relation }: Claim, scene: Scene): Truth | undefined {
  return relation ? judgeRelation(thing, relation.name, relation.object, scene) : judgeExistence(thing, scene.groups);
}

function judgeExistence(thing: ThingFact, groups: readonly Group[]): Truth | undefined {
  const { count = 1 } = thing;
  if (groups.some((group) => matches(group, thing))) return "true";
  const alike = groups.filter((group) => matches(group, { ...thing, count: undefined }));
  const seen = alike.reduce((sum, group) => sum + group.count, 0);
  if (seen > count) return undefined;
  return seen + hidden(groups) >= count ? "maybe" : "false";
}

const hidden = (groups: readonly Group[]): number =>
  groups.reduce((sum, { kind, count }) => sum + (kind === "present" ? count : 0), 0);

function judgeRelation(
  thing: ThingFact,
  name: SaidRelationName,
  other: ThingFact,
  { groups, relations }: Scene,
): Truth | undefined {
  let best: Truth = "false";
  for (const [subject, first] of groups.entries()) {
    for (const [object, second] of groups.entries()) {
      if (subject === object) continue;
      const sure = matches(first, thing) && matches(second, other);
      if (!sure && !(couldBe(first, thing) && couldBe(second, other))) continue;
      const known = relations.find((each) => [each.subject, each.object].every((i) => i === subject || i === object));
      const holds = known && stands(canonical({ name, subject, object }), known);
      if (holds === undefined) return undefined;
      if (holds && sure) return "true";
      if (holds) best = "maybe";
    }
  }
  return best;
}

const couldBe = (group: Group, thing: ThingFact): boolean => group.kind === "present" || matches(group, thing);

/** Does one relation follow from another between the same two? Undefined if it depends on the drawing. */
function stands(claimed: RelationFact, known: RelationFact): boolean | undefined {
  const same = claimed.subject === known.subject;
  if (known.name === claimed.name) return same;
  if (known.name === "on" && claimed.name === "above") return same;
  if (known.name === "behind" || claimed.name === "beside") return undefined;
  return false;
}

/** The claim as a sentence, without a capital or a full stop. */
export function sayClaim({ thing, relation }: Claim, language: Language, random: Random): string {
  if (relation) {
    const related = { things: [thing, relation.object], relations: [{ name: relation.name, subject: 0, object: 1 }] };
    return say(chooseStatement(related, random), language);
  }
  const worded = sayThing(wordThing(thing, random), language, undefined, language === "de" ? "acc" : "nom");
  if (language === "de") return `es gibt ${worded}`;
  return `there ${(thing.count ?? 2) > 1 ? "are" : "is"} ${worded}`;
}

/** The claim in as few English words as possible: "dog", "red cat left of bus". */
export function sayClaimBriefly({ thing, relation }: Claim, random: Random): string {
  const name = (fact: ThingFact): string =>
    sayThing(wordThing(fact, random), "en", fact.count === 1 ? "none" : "indefinite");
  if (!relation) return name(thing);
  const phrase = pickWeighted(random, RELATION_PHRASES[relation.name]).en.replace(/^to the /, "");
  return `${name(thing)} ${phrase} ${name(relation.object)}`;
}
