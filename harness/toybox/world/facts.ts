import { type Background, CATEGORIES, type Category, type Color, KIND_NAMES, type Kind, type Size } from "./kinds.js";
import type { RelationName, Scene } from "./scene.js";

/** What a noun stands for: a kind, or all kinds of a category. */
export type Noun = Kind | Category;
/** All nouns: the kinds, then the categories. */
export const NOUN_NAMES: readonly Noun[] = [...KIND_NAMES, ...CATEGORIES];

/** A thing that is mentioned, with whatever is said about it. */
export interface ThingFact {
  readonly noun: Noun;
  readonly color?: Color | undefined;
  readonly size?: Size | undefined;
  /** Absent if it is a plural that does not say how many. */
  readonly count?: number | undefined;
}

/** The relations of scenes, their inverses, and `beside`, which means left or right. */
export const SAID_RELATIONS = ["left", "right", "above", "below", "behind", "front", "on", "beside"] as const;
/** One of {@link SAID_RELATIONS}. */
export type SaidRelationName = (typeof SAID_RELATIONS)[number];

/** `things[subject]` is left of (or above, behind, …) `things[object]`. */
export interface RelationFact {
  readonly name: SaidRelationName;
  readonly subject: number;
  readonly object: number;
}

/** What is said about a scene, in any language: all there is to say or a part of it, true or false. */
export interface Facts {
  readonly things: readonly ThingFact[];
  readonly relations: readonly RelationFact[];
  readonly background?: Background | undefined;
}

const INVERSES: Partial<Record<SaidRelationName, SaidRelationName>> = {
  left: "right",
  right: "left",
  above: "below",
  below: "above",
  behind: "front",
  front: "behind",
  beside: "beside",
};

/** The same fact told from the other side; there is no word for the inverse of `on`. */
export function invert(relation: RelationFact): RelationFact {
  const name = INVERSES[relation.name];
  return name === undefined ? relation : { name, subject: relation.object, object: relation.subject };
}

const BUILT_WITH: readonly SaidRelationName[] = ["left", "above", "behind", "on"] satisfies RelationName[];

/** A relation as scenes have it: `right` becomes `left` with its sides exchanged. `beside` stays. */
export function canonical(relation: RelationFact): RelationFact {
  return BUILT_WITH.includes(relation.name) ? relation : invert(relation);
}

/** All that there is to say about a scene. */
export function sceneFacts({ groups, relations, background }: Scene): Facts {
  return { things: groups.map(({ kind, ...look }) => ({ noun: kind, ...look })), relations, background };
}
