import { NOUNS } from "../language/nouns.js";
import { KIND_NAMES, KINDS } from "../world/kinds.js";
import type { Scene } from "../world/scene.js";

/** A picture and what it shows. */
export interface Pictured {
  readonly id: number;
  readonly name: string;
  readonly scene: Scene;
}

/** What the kinds are called, English and German, so that CHAIR knows them in captions. */
export const CATEGORIES = KIND_NAMES.map((kind, index) => ({
  id: index + 1,
  name: kind,
  supercategory: KINDS[kind].category,
  synonyms: NOUNS[kind].flatMap(({ en, de: [, ...german] }) => [...en, german[0], german[1]]),
}));

/** What is to be seen in pictures, as COCO's `instances_val2014.json` says it; things of a group are one, a crowd. */
export function toInstances(images: readonly Pictured[]): unknown {
  let id = 0;
  return {
    images: images.map((image) => ({ id: image.id, file_name: image.name })),
    annotations: images.flatMap((image) =>
      image.scene.groups.map(({ kind, count }) => ({
        id: ++id,
        image_id: image.id,
        category_id: KIND_NAMES.indexOf(kind) + 1,
        iscrowd: Number(count > 1),
      })),
    ),
    categories: CATEGORIES,
  };
}
