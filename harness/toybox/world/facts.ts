import { type Background, CATEGORIES, type Category, type Color, KIND_NAMES, type Kind, type Size } from "./kinds.js";
import type { RelationName, Scene } from "./scene.js";

/** What a noun stands for: a kind, or all kinds of a category. */
export type Noun = Kind | Category;
export const NOUN_NAMES: readonly Noun[] = [...KIND_NAMES, ...CATEGORIES];

export interface ThingFact {
  readonly noun: Noun;
  readonly color?: Color | undefined;
  readonly size?: Size | undefined;
  /** Absent if a plural does not say how many. */
  readonly count?: number | undefined;
}

/** The relations of scenes, their inverses, and `beside`, which is left or right. */
export const SAID_RELATIONS = ["left", "right", "above", "below", "behind", "front", "on", "beside"] as const;
export type SaidRelationName = (typeof SAID_RELATIONS)[number];

/** `things[subject]` is left of (…) `things[object]`. */
export interface RelationFact {
  readonly name: SaidRelationName;
  readonly subject: number;
  readonly object: number;
}

/** What is said of a scene, in any language: all there is to say or some of it, true or false. */
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

/** The same fact told from the other side; `on` has no word for that. */
export function invert(relation: RelationFact): RelationFact {
  const name = INVERSES[relation.name];
  return name === undefined ? relation : { name, subject: relation.object, object: relation.subject };
}

const BUILT_WITH: readonly SaidRelationName[] = ["left", "above", "behind", "on"] satisfies RelationName[];

/** A relation as scenes have it: `right` becomes `left` the other way round. `beside` stays. */
export function canonical(relation: RelationFact): RelationFact {
  return BUILT_WITH.includes(relation.name) ? relation : invert(relation);
}

/** All there is to say of a scene. */
export function sceneFacts({ groups, relations, background }: Scene): Facts {
  return { things: groups.map(({ kind, ...look }) => ({ noun: kind, ...look })), relations, background };
}
