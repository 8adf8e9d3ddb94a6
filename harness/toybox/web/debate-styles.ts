import type { Random } from "../../random.js";
import { pickWeighted } from "../pick.js";
import type { Scene } from "../world/scene.js";
import { writeChecklist, writeDebate } from "./debate.js";
import { writeColors, writeInventory, writePlaces } from "./inventory.js";

/** The ways of debating what is there. In few words there is room for more. */
const WRITERS = {
  debate: writeDebate,
  checklist: (scene: Scene, claims: number, random: Random) => writeChecklist(scene, 2 * claims + 1, random),
  inventory: (scene: Scene, claims: number, random: Random) => writeInventory(scene, 2 * claims + 1, random),
  colors: (scene: Scene, _: number, random: Random) => writeColors(scene, random),
  places: (scene: Scene, _: number, random: Random) => writePlaces(scene, random),
};

/** Ways of debating, by weight. */
export type Debates = readonly { readonly style: keyof typeof WRITERS; readonly weight: number }[];

/**
 * Debates a scene in one of these ways.
 * @param claims how many claims there are, where each is a whole sentence
 */
export function writeDebated(
  debates: Debates,
  scene: Scene,
  claims: number,
  random: Random,
): { text: string; style: string } {
  // A fork: of a mixture with one way the texts are the same whatever other ways there are.
  const { style } = pickWeighted(random.fork("style"), debates);
  return { text: WRITERS[style](scene, claims, random), style };
}
