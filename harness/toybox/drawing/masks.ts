import type { Mask } from "../../formats/run-length.js";
import { sharp } from "../../images/sharp.js";
import type { Random } from "../../random.js";
import { IMAGE_SIZE } from "../world/layout.js";
import type { Scene } from "../world/scene.js";
import { drawThings, toDocument } from "./svg.js";

/** What is to be seen of one thing of a picture. */
export interface MaskedThing {
  /** Which of the scene's groups it belongs to. */
  readonly group: number;
  readonly mask: Mask;
}

/** From what part of a pixel on it is the thing's that covers it. */
const COVERS = 128;

/**
 * Where the things of a picture are: the pixels that show each, without those that a thing painted later covers.
 * @param random as the picture was drawn with
 */
export async function maskThings(scene: Scene, random: Random): Promise<MaskedThing[]> {
  const things = drawThings(scene, random);
  const covered = new Uint8Array(IMAGE_SIZE ** 2);
  const masks: MaskedThing[] = [];
  for (const { group, markup } of things.toReversed()) {
    const alpha = await sharp(Buffer.from(toDocument(markup)))
      .ensureAlpha()
      .extractChannel("alpha")
      .raw()
      .toBuffer();
    const pixels = alpha.map((value, place) => Number(value >= COVERS && covered[place] === 0));
    masks.push({ group, mask: { width: IMAGE_SIZE, height: IMAGE_SIZE, pixels: Uint8Array.from(pixels) } });
    for (const [place, value] of alpha.entries()) if (value >= COVERS) covered[place] = 1;
  }
  return masks.reverse();
}
