import { createHash } from "node:crypto";
import type { ImageSource } from "../images/image-source.js";
import { type LoadedImage, type LoadOptions, loadImages } from "../images/load-image.js";
import type { Preparation } from "../images/preparation.js";
import { inParallel } from "../in-parallel.js";
import { countProcessors } from "../processors.js";
import { createRandom, type Random } from "../random.js";

/** A crop's proportions: a thing must stay what it is. */
const RATIO = [0.9, 1 / 0.9] as const;
/** What pictures that are kept may take, in bytes. */
const KEPT = 512 * 2 ** 20;

/**
 * Prepares the pictures of a training: as the model takes them, but cropped at random. Crops that show all there is
 * leave nothing to chance: such pictures are prepared once and kept for the passes that follow, as many as have a place.
 */
export class TrainingPictures {
  readonly #preparation: Preparation;
  readonly #least: number;
  readonly #kept = new Map<string, LoadedImage>();
  #free: number;

  /** @param least the least share of a picture that a crop shows */
  constructor(preparation: Preparation, least: number, kept = KEPT) {
    this.#preparation = preparation;
    this.#least = least;
    this.#free = kept;
  }

  /** @param random of the crops */
  async load(sources: readonly ImageSource[], random: Random): Promise<LoadedImage[]> {
    if (this.#least < 1) return loadImages(sources, this.#crop(random));
    return inParallel(2 * countProcessors(), sources, async (source) => {
      const key = keyOf(source);
      return this.#kept.get(key) ?? this.#keep(key, await this.#loadOne(source));
    });
  }

  /** The same whenever it is loaded, and whatever beside. */
  async #loadOne(source: ImageSource): Promise<LoadedImage> {
    const [picture] = await loadImages([source], this.#crop(createRandom(0)));
    return picture!;
  }

  #keep(key: string, picture: LoadedImage): LoadedImage {
    const bytes = picture.ok ? picture.image.data.byteLength : 0;
    if (picture.ok && bytes <= this.#free && !this.#kept.has(key)) {
      this.#free -= bytes;
      this.#kept.set(key, picture);
    }
    return picture;
  }

  #crop(random: Random): LoadOptions {
    const { framing, ...preparation } = this.#preparation;
    const scale = [this.#least, 1] as const;
    return { ...preparation, framing: { kind: "random-crop", size: framing.size, random, scale, ratio: RATIO } };
  }
}

/** A file by its path; bytes by what they are, since names in shards may come twice. */
function keyOf(source: ImageSource): string {
  return typeof source === "string" ? source : createHash("sha1").update(source.bytes).digest("base64");
}
