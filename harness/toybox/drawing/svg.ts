import type { Random } from "../../random.js";
import { chance, uniform } from "../pick.js";
import { type Kind, kindRow } from "../world/kinds.js";
import { layOut, type Placed, IMAGE_SIZE as SIZE } from "../world/layout.js";
import type { Group, Scene } from "../world/scene.js";
import { ANIMALS } from "./animals.js";
import { BACKGROUND_PAINTS } from "./backgrounds.js";
import { OBJECTS } from "./objects.js";
import { createPen, type Drawing, round } from "./pen.js";
import { VEHICLES } from "./vehicles.js";

const DRAWINGS: Record<Kind, Drawing> = { ...ANIMALS, ...VEHICLES, ...OBJECTS };

/** A scene as an SVG document; everything the scene leaves open is drawn from `random`. */
export function drawScene(scene: Scene, random: Random): string {
  const things = drawThings(scene, random).map(({ markup }) => markup);
  return toDocument(`${BACKGROUND_PAINTS[scene.background](random.fork("background"))}${things.join("")}`);
}

/** A thing of a scene as SVG elements. */
export interface DrawnThing {
  /** Which of the scene's groups it belongs to. */
  readonly group: number;
  readonly markup: string;
}

/** The things of a scene as they are drawn in it, in the order in which they are painted. */
export function drawThings(scene: Scene, random: Random): DrawnThing[] {
  return layOut(scene, random.fork("layout")).map((placed, index) => ({
    group: placed.group,
    markup: drawThing(scene.groups[placed.group]!, placed, random.fork(index)),
  }));
}

/** Elements as an SVG document of a picture's size. */
export function toDocument(markup: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 ${SIZE} ${SIZE}">${markup}</svg>`;
}

function drawThing({ kind, color }: Group, { x, y, side }: Placed, random: Random): string {
  const pen = createPen(color, random);
  const { turn } = kindRow(kind);
  const mirror = chance(random, 0.5) ? -1 : 1;
  const scaleX = (side / 100) * uniform(random, 0.93, 1.05);
  const scaleY = (side / 100) * uniform(random, 0.93, 1.05);
  const transform =
    `translate(${round(x)} ${round(y)}) rotate(${round(uniform(random, -turn, turn))}) ` +
    `scale(${(mirror * scaleX).toFixed(3)} ${scaleY.toFixed(3)}) translate(-50 -50)`;
  return (
    `<g transform="${transform}" stroke="${pen.dark}" stroke-width="3" stroke-linejoin="round" stroke-linecap="round">` +
    `${DRAWINGS[kind](pen)}</g>`
  );
}
