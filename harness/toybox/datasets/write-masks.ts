import pMap from "p-map";
import { type Mask, packRuns, toRuns } from "../../formats/run-length.js";
import { type MaskedThing, maskThings } from "../drawing/masks.js";
import { type Job, toJson, type Workshop, writeTexts } from "../workshop.js";
import { KIND_NAMES } from "../world/kinds.js";
import { IMAGE_SIZE } from "../world/layout.js";
import type { Scene } from "../world/scene.js";
import { CATEGORIES, type Pictured } from "./instances.js";

/**
 * Where the things in a split's pictures are, in the form of COCO's instances, each with its colour and size: a file beside
 * the others, which a Toybox of an older version gets when it is generated again.
 * @param pictures of the split, as its pictures were drawn in `folder`
 */
export function planMasks(file: string, folder: string, pictures: (workshop: Workshop) => readonly Pictured[]): Job {
  return {
    files: [file],
    steps: 0, // it draws no picture
    isLater: true,
    async run(workshop) {
      const { random, concurrency } = workshop;
      const looks = random.fork(folder);
      const images = pictures(workshop);
      const masked = await pMap(images, ({ name, scene }) => maskThings(scene, looks.fork(name)), { concurrency });
      await writeTexts(workshop.root, { [file]: toJson(toSegments(images, masked)) });
    },
  };
}

function toSegments(images: readonly Pictured[], masked: readonly (readonly MaskedThing[])[]): unknown {
  let id = 0;
  return {
    images: images.map((image) => ({ id: image.id, file_name: image.name, width: IMAGE_SIZE, height: IMAGE_SIZE })),
    annotations: images.flatMap((image, index) =>
      masked[index]!.map((thing) => ({ id: ++id, image_id: image.id, ...describe(thing, image.scene) })),
    ),
    categories: CATEGORIES,
  };
}

function describe({ group, mask }: MaskedThing, { groups }: Scene) {
  const { kind, color, size } = groups[group]!;
  return {
    category_id: KIND_NAMES.indexOf(kind) + 1,
    iscrowd: 0,
    ...measure(mask),
    segmentation: { size: [mask.height, mask.width], counts: packRuns(toRuns(mask)) },
    attributes: { color, size },
  };
}

/** Area and box in pixels; a thing that others hide has none of either. */
function measure({ width, pixels }: Mask) {
  let [area, left, top, right, bottom] = [0, width, pixels.length / width, 0, 0];
  for (const [place, one] of pixels.entries()) {
    if (one === 0) continue;
    const [x, y] = [place % width, Math.floor(place / width)];
    area++;
    [left, top] = [Math.min(left, x), Math.min(top, y)];
    [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return { area, bbox: area === 0 ? [0, 0, 0, 0] : [left, top, right - left, bottom - top] };
}
