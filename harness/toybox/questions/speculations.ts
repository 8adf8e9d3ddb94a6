import type { Random } from "../../random.js";
import { NOUNS } from "../language/nouns.js";
import { pick } from "../pick.js";
import { type Category, KINDS } from "../world/kinds.js";
import type { Scene } from "../world/scene.js";

/** What no picture can tell, of one thing and of several. */
const SPECULATIONS: Record<Category, readonly (readonly [one: string, several: string])[]> = {
  animal: [
    ["is hungry", "are hungry"],
    ["is waiting for a friend", "are waiting for a friend"],
    ["is very old", "are very old"],
  ],
  vehicle: [
    ["is on its way home", "are on their way home"],
    ["is for sale", "are for sale"],
    ["is very fast", "are very fast"],
  ],
  building: [
    ["is empty", "are empty"],
    ["is for sale", "are for sale"],
  ],
  fruit: [
    ["is sweet", "are sweet"],
    ["is from the market", "are from the market"],
  ],
  toy: [
    ["belongs to a girl", "belong to a girl"],
    ["is new", "are new"],
  ],
  thing: [
    ["is from a friend", "are from a friend"],
    ["is new", "are new"],
  ],
};

/** A statement about a thing in the scene that may or may not be true: "the dog is hungry". */
export function speculate({ groups }: Scene, random: Random): string {
  const { kind, count } = pick(random, groups);
  const [one, several] = pick(random, SPECULATIONS[KINDS[kind].category]);
  const [singular, plural] = NOUNS[kind][0]!.en;
  return count === 1 ? `the ${singular} ${one}` : `the ${plural} ${several}`;
}
