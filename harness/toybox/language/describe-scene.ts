import type { Random } from "../../random.js";
import { chance } from "../pick.js";
import { canonical, type Facts, invert, type RelationFact, sceneFacts } from "../world/facts.js";
import type { Scene } from "../world/scene.js";

/** How likely each sort of fact is to be mentioned, 0 to 1. */
export interface Detail {
  readonly color: number;
  readonly size: number;
  readonly background: number;
  readonly relations: number;
  /** The third thing, if there is one. */
  readonly third: number;
  /** A relation is told from its other side, or as "next to". */
  readonly inverse: number;
  readonly beside: number;
}

/** Everything is mentioned. */
export const FULL: Detail = { color: 1, size: 1, background: 1, relations: 1, third: 1, inverse: 0.3, beside: 0 };
/** As people describe a picture when they are asked to. */
export const CAPTION: Detail = {
  color: 0.97,
  size: 0.75,
  background: 0.72,
  relations: 0.93,
  third: 0.85,
  inverse: 0.2,
  beside: 0.03,
};

/** Chooses some of a scene's facts, all of them true. */
export function describe(scene: Scene, detail: Detail, random: Random): Facts {
  const { things, relations, background } = sceneFacts(scene);
  const kept = things.length === 3 && !chance(random, detail.third) ? 2 : things.length;
  const related = chance(random, detail.relations);
  const withColor = chance(random, detail.color);
  const withSize = chance(random, detail.size);
  return {
    things: things.slice(0, kept).map(({ noun, color, size, count }) => ({
      noun,
      count,
      color: withColor ? color : undefined,
      size: withSize ? size : undefined,
    })),
    relations: related ? tellRelations(relations.slice(0, kept - 1), detail, random) : [],
    background: chance(random, detail.background) ? background : undefined,
  };
}

/** The second relation is told of the third thing: sentences name that one first. */
function tellRelations(relations: readonly RelationFact[], detail: Detail, random: Random): RelationFact[] {
  return relations.map((relation, index) => {
    if (index === 1) return relation.subject === 2 ? relation : invert(relation);
    const turned = chance(random, detail.inverse) ? invert(relation) : relation;
    const sideways = canonical(relation).name === "left" && chance(random, detail.beside);
    return sideways ? { ...turned, name: "beside" } : turned;
  });
}
