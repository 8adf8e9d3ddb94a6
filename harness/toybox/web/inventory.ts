import type { Random } from "../../random.js";
import { judge, sayClaimBriefly } from "../claims.js";
import { chance, pick, pickDistinct } from "../pick.js";
import { KIND_NAMES, type Kind } from "../world/kinds.js";
import type { Group, RelationName, Scene } from "../world/scene.js";
import { SEPARATORS, VERDICTS } from "./debate.js";

/** Of the kinds that are asked for, the share that are there. */
const SEEN = 0.5;

/** A name, and what is to be seen where it is found. */
type Item = readonly [asked: string, answer: string];

/**
 * What is there, out of what might be, each with its colour: "dog? red. cat? no. bus? blue." To answer, one must find a
 * thing by its name; a caption does not teach that, since it says the colour first.
 * @param items how many at most
 */
export function writeInventory(scene: Scene, items: number, random: Random): string {
  const said = new Map<string, string>();
  for (let attempt = 0; attempt < 4 * items && said.size < items; attempt++) {
    const kind = chance(random, SEEN) ? pick(random, scene.groups).kind : pick(random, KIND_NAMES);
    const truth = judge({ thing: { noun: kind, count: 1 } }, scene);
    const seen = scene.groups.find((group) => group.kind === kind);
    if (truth) said.set(name(kind, random), seen ? seen.color : VERDICTS[truth]);
  }
  return list([...said], pick(random, SEPARATORS));
}

/** Each thing by its name, with its colour: "dog? red. bus? blue." */
export function writeColors({ groups }: Scene, random: Random): string {
  return list(
    nameAll(groups, ({ color }) => color, random),
    pick(random, SEPARATORS),
  );
}

/** Where a relation's subject is, and its object. */
const PLACES: Record<RelationName, readonly [subject: string, object: string]> = {
  left: ["left", "right"],
  above: ["above", "below"],
  behind: ["behind", "in front"],
  on: ["on top", "below"],
};

/**
 * Each of two things by its name, with its place: "bus is right. dog is left." Other scenes are described by their
 * colours.
 */
export function writePlaces(scene: Scene, random: Random): string {
  const [relation, ...others] = scene.relations;
  if (!relation || others.length > 0) return writeColors(scene, random);
  const [subject, object] = PLACES[relation.name];
  const first = scene.groups[relation.subject];
  return list(
    nameAll(scene.groups, (group) => (group === first ? subject : object), random),
    " is",
  );
}

function nameAll(groups: readonly Group[], tell: (group: Group) => string, random: Random): Item[] {
  return pickDistinct(random, groups, groups.length).map((group) => [name(group.kind, random), tell(group)]);
}

const list = (items: readonly Item[], separator: string): string =>
  items.map(([asked, answer]) => `${asked}${separator} ${answer}.`).join(" ");

const name = (noun: Kind, random: Random): string => sayClaimBriefly({ thing: { noun, count: 1 } }, random);
