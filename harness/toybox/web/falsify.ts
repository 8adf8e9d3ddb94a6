import type { Random } from "../../random.js";
import { pick } from "../pick.js";
import { BACKGROUNDS, COLORS, KIND_NAMES, SIZES } from "../world/kinds.js";
import type { Group, Scene } from "../world/scene.js";

type Change = (scene: Scene, random: Random) => Scene;

const changeGroup =
  (change: (group: Group, random: Random, scene: Scene) => Group): Change =>
  (scene, random) => {
    const changed = random.integer(scene.groups.length);
    const groups = scene.groups.map((group, index) => (index === changed ? change(group, random, scene) : group));
    return { ...scene, groups };
  };

const other = <T>(random: Random, values: readonly T[], than: readonly T[]): T =>
  pick(
    random,
    values.filter((value) => !than.includes(value)),
  );

const CHANGES: readonly Change[] = [
  changeGroup((group, random) => ({ ...group, color: other(random, COLORS, [group.color]) })),
  changeGroup((group, random, { groups }) => ({
    ...group,
    kind: other(
      random,
      KIND_NAMES,
      groups.map(({ kind }) => kind),
    ),
  })),
  changeGroup((group, random) => ({ ...group, size: other(random, SIZES, [group.size]) })),
  changeGroup((group, random) => ({ ...group, count: other(random, [1, 2, 3, 4], [group.count]) })),
  (scene, random) => ({ ...scene, background: other(random, BACKGROUNDS, [scene.background]) }),
  (scene) => ({
    ...scene,
    relations: scene.relations.map(({ name, subject, object }) => ({ name, subject: object, object: subject })),
  }),
];

/** The scene with something changed, as a careless writer sees it. */
export function falsify(scene: Scene, random: Random): Scene {
  return pick(random, scene.relations.length > 0 ? CHANGES : CHANGES.slice(0, -1))(scene, random);
}
