import type { Random } from "../../random.js";
import { uniform } from "../pick.js";
import { kindRow, type Size } from "./kinds.js";
import type { Group, Relation, RelationName, Scene } from "./scene.js";

/** Pictures are squares of this many pixels. */
export const IMAGE_SIZE = 128;
const MARGIN = 3;

/** The side of a thing's box in pixels. The ranges lie apart, so that a lone thing's size can be seen, too. */
const SIDES: Record<Size, readonly [least: number, most: number]> = { small: [33, 38], big: [53, 60] };

/** How much larger the things of a close-up are. */
const CLOSE_UP = 1.5;

/** Where a thing is drawn: the centre and the side of its box, in pixels. */
export interface Placed {
  readonly group: number;
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** The things of one group, as offsets from the group's centre. */
interface Cluster {
  readonly side: number;
  readonly offsets: readonly (readonly [x: number, y: number])[];
  readonly width: number;
  readonly height: number;
}

interface Point {
  x: number;
  y: number;
}

/** Positions for the things of a scene, in the order in which they are painted. */
export function layOut(scene: Scene, random: Random): Placed[] {
  const clusters = scene.groups.map((group) => gather(group, scene.closeUp ? CLOSE_UP : 1, random));
  const centers: Point[] = [{ x: 0, y: 0 }];
  for (const relation of scene.relations) {
    const known = centers[relation.subject] ? relation.subject : relation.object;
    const fresh = known === relation.subject ? relation.object : relation.subject;
    centers[fresh] = place(scene.groups, relation, clusters, fresh, centers[known]!, random);
  }
  const order = paintOrder(scene);
  const placed = order.flatMap((group) =>
    clusters[group]!.offsets.map(([x, y]) => ({
      group,
      x: centers[group]!.x + x,
      y: centers[group]!.y + y,
      side: clusters[group]!.side,
    })),
  );
  return fitInFrame(placed, random);
}

const PATTERNS: Record<number, readonly (readonly (readonly [number, number])[])[]> = {
  1: [[[0, 0]]],
  2: [
    [
      [-0.53, 0],
      [0.53, 0],
    ],
    [
      [-0.5, -0.25],
      [0.5, 0.25],
    ],
    [
      [-0.5, 0.25],
      [0.5, -0.25],
    ],
  ],
  3: [
    [
      [0, -0.5],
      [-0.53, 0.45],
      [0.53, 0.45],
    ],
    [
      [-0.53, -0.45],
      [0.53, -0.45],
      [0, 0.5],
    ],
  ],
  4: [
    [
      [-0.53, -0.52],
      [0.53, -0.52],
      [-0.53, 0.52],
      [0.53, 0.52],
    ],
  ],
};

function gather({ size, count }: Group, scale: number, random: Random): Cluster {
  const side = scale * uniform(random, ...SIDES[size]);
  const patterns = PATTERNS[count]!;
  const pattern = patterns[random.integer(patterns.length)]!;
  const jitter = (): number => (count === 1 ? 0 : uniform(random, -0.06, 0.06));
  const drawn = pattern.map(([x, y]) => [(x + jitter()) * side, (y + jitter()) * side] as const);
  const [left, right] = range(drawn.map(([x]) => x));
  const [top, bottom] = range(drawn.map(([, y]) => y));
  return {
    side,
    offsets: drawn.map(([x, y]) => [x - (left + right) / 2, y - (top + bottom) / 2] as const),
    width: right - left + side,
    height: bottom - top + side,
  };
}

function range(values: readonly number[]): [least: number, most: number] {
  return [Math.min(...values), Math.max(...values)];
}

/** The centre of the group `fresh`, so that the relation holds; the other group's centre is `at`. */
function place(
  groups: readonly Group[],
  { name, subject, object }: Relation,
  clusters: readonly Cluster[],
  fresh: number,
  at: Point,
  random: Random,
): Point {
  const from = offset(name, clusters[subject]!, clusters[object]!, groups[object]!, random);
  const sign = fresh === subject ? 1 : -1;
  return { x: at.x + sign * from.x, y: at.y + sign * from.y };
}

/** From the object's centre to the subject's. */
function offset(name: RelationName, subject: Cluster, object: Cluster, { kind }: Group, random: Random): Point {
  const width = (subject.width + object.width) / 2;
  const height = (subject.height + object.height) / 2;
  const free = (total: number): number => Math.max(0, Math.min(24, IMAGE_SIZE - 2 * MARGIN - 2 * total));
  const aside = random.next() < 0.5 ? -1 : 1;
  switch (name) {
    case "left":
      return { x: -width - uniform(random, 0, free(width)), y: uniform(random, -0.14, 0.14) * height };
    case "above":
      return { x: uniform(random, -0.16, 0.16) * width, y: -height - uniform(random, 4, 4 + free(height)) };
    case "behind":
      return { x: aside * uniform(random, 0.4, 0.55) * object.width, y: -uniform(random, 0.32, 0.45) * object.height };
    case "on": {
      const [seatX, seatY] = kindRow(kind).seat!;
      const x = ((seatX - 50) / 100 + uniform(random, -0.1, 0.1)) * object.side;
      return { x, y: ((seatY - 50) / 100) * object.side - subject.side * 0.44 };
    }
  }
}

/** A thing that is behind another is painted before it, whatever else there is. */
function paintOrder({ groups, relations }: Scene): number[] {
  const behind = relations.find(({ name }) => name === "behind");
  const order = groups.map((_, index) => index);
  return behind ? [behind.subject, ...order.filter((index) => index !== behind.subject)] : order;
}

/** Moved to a random place where everything is inside the picture; what is too wide is centred. */
function fitInFrame(things: readonly Placed[], random: Random): Placed[] {
  const shift = (center: (thing: Placed) => number): number => {
    const least = Math.min(...things.map((thing) => center(thing) - thing.side / 2));
    const most = Math.max(...things.map((thing) => center(thing) + thing.side / 2));
    const slack = IMAGE_SIZE - 2 * MARGIN - (most - least);
    return MARGIN - least + (slack > 0 ? random.next() * slack : slack / 2);
  };
  const x = shift((thing) => thing.x);
  const y = shift((thing) => thing.y);
  return things.map((thing) => ({ ...thing, x: thing.x + x, y: thing.y + y }));
}
