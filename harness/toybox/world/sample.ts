import type { Random } from "../../random.js";
import { chance, pick, pickDistinct, pickWeighted } from "../pick.js";
import { BACKGROUNDS, BY_FREQUENCY, COLORS, type Kind, kindRow, SEATS, SIZES } from "./kinds.js";
import { type Group, type Relation, type RelationName, type Scene, type Split, splitOf } from "./scene.js";
import { WORLDS, type World } from "./worlds.js";

/** Which kinds a scene is made of; `near` mixes known and new kinds and so needs two. */
export type KindPool = "all" | "in" | "near" | "out";

/** Which scenes may be drawn. */
export interface SceneOptions {
  /** What there is; default everything. */
  readonly world?: World;
  /** Default `all`. */
  readonly pool?: KindPool;
  /** A kind that one of the groups must be of. */
  readonly include?: Kind;
  /** Whether there is nothing but one thing. */
  readonly alone?: boolean;
  /** Whether some kinds come more often than others, see {@link BY_FREQUENCY}; default all alike. */
  readonly byFrequency?: boolean;
}

const SEVERAL = [2, 3, 4] as const;
const RELATION_WEIGHTS: readonly { name: RelationName; weight: number }[] = [
  { name: "left", weight: 4 },
  { name: "above", weight: 2 },
  { name: "behind", weight: 2 },
  { name: "on", weight: 2 },
];

/** Draws a scene of this split: scenes are drawn until one belongs to it. */
export function sampleScene(random: Random, split: Split, options: SceneOptions = {}): Scene {
  let scene = drawScene(random, options);
  while (splitOf(scene) !== split) scene = drawScene(random, options);
  return scene;
}

function drawScene(random: Random, options: SceneOptions): Scene {
  const { world = WORLDS.whole, pool = "all", include, alone = false, byFrequency = false } = options;
  const shape = pickWeighted(
    random,
    world.shapes.filter(({ name, kinds }) => (alone ? name === "single" : pool !== "near" || kinds > 1)),
  );
  const kinds = byFrequency
    ? drawFrequentKinds(random, world, shape.kinds)
    : drawKinds(random, world, pool, shape.kinds, include);
  const background = pick(random, BACKGROUNDS);
  const single = (kind: Kind): Group => ({ kind, color: pick(random, COLORS), size: pick(random, SIZES), count: 1 });
  const groups = kinds.map(single);
  switch (shape.name) {
    case "single":
      return { background, ...(world.plain && { closeUp: true }), groups, relations: [] };
    case "several":
      return { background, groups: [{ ...groups[0]!, count: pick(random, SEVERAL) }], relations: [] };
    case "pair":
      return { background, groups, relations: [drawRelation(random, groups)] };
    case "counted pair": {
      // Several small things beside one of any size: several big ones would fill the picture.
      const counted = random.integer(2);
      groups[counted] = { ...groups[counted]!, size: "small", count: 2 + random.integer(2) };
      const names = ["left", "above"] as const;
      return { background, groups, relations: [turned(random, { name: pick(random, names), subject: 0, object: 1 })] };
    }
    case "three": {
      const sized = groups.map((group, i) => (i === 1 ? group : { ...group, size: "small" as const }));
      const first = drawRelation(random, sized);
      // across the line of the first two, or the third would be beside both
      const name = first.name === "left" ? "above" : "left";
      const second = turned(random, { name, subject: 2, object: random.integer(2) });
      return { background, groups: sized, relations: [first, second] };
    }
  }
}

function drawKinds(
  random: Random,
  { kinds }: World,
  pool: KindPool,
  count: 1 | 2 | 3,
  include: Kind | undefined,
): Kind[] {
  const isKnown = (kind: Kind) => kindRow(kind).inDomain;
  if (pool === "near") {
    const others = pickDistinct(random, kinds, kinds.length);
    const known = others.find(isKnown)!;
    const fresh = others.find((kind) => !isKnown(kind))!;
    const rest = others.filter((kind) => kind !== known && kind !== fresh);
    return pickDistinct(random, [known, fresh, ...rest.slice(0, count - 2)], count);
  }
  const wanted = pool === "all" ? kinds : kinds.filter((kind) => isKnown(kind) === (pool === "in"));
  if (include === undefined) return pickDistinct(random, wanted, count);
  const others = pickDistinct(
    random,
    wanted.filter((kind) => kind !== include),
    count - 1,
  );
  return pickDistinct(random, [include, ...others], count);
}

const FREQUENCIES = BY_FREQUENCY.map((kind, index) => ({ kind, weight: 1 / (index + 1) }));

function drawFrequentKinds(random: Random, { kinds }: World, count: number): Kind[] {
  const left = FREQUENCIES.filter(({ kind }) => kinds.includes(kind));
  return Array.from({ length: count }, () => {
    const drawn = pickWeighted(random, left);
    left.splice(left.indexOf(drawn), 1);
    return drawn.kind;
  });
}

function drawRelation(random: Random, groups: readonly Group[]): Relation {
  const seated = [0, 1].filter((object) => SEATS.includes(groups[object]!.kind));
  const { name } = pickWeighted(
    random,
    RELATION_WEIGHTS.filter(({ name }) => name !== "on" || seated.length > 0),
  );
  if (name !== "on") return turned(random, { name, subject: 0, object: 1 });
  const object = pick(random, seated);
  return { name, subject: 1 - object, object };
}

/** The same relation, or the other way round. */
function turned(random: Random, { name, subject, object }: Relation): Relation {
  return chance(random, 0.5) ? { name, subject, object } : { name, subject: object, object: subject };
}
