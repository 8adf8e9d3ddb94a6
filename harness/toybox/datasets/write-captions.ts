import type { Random } from "../../random.js";
import { CAPTION, describe } from "../language/describe-scene.js";
import { chooseWording, say } from "../language/wording.js";
import type { Language } from "../language/words.js";
import { pickWeighted } from "../pick.js";
import {
  firstId,
  imageFolder,
  type Job,
  toJson,
  toJsonLines,
  type Workshop,
  writePictures,
  writeTexts,
} from "../workshop.js";
import { sceneFacts } from "../world/facts.js";
import { KINDS } from "../world/kinds.js";
import { IMAGE_SIZE } from "../world/layout.js";
import { type KindPool, sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";
import type { World } from "../world/worlds.js";
import { toInstances } from "./instances.js";
import { planMasks } from "./write-masks.js";

const COCO_REFERENCES = 5;
const NOCAPS_REFERENCES = 10;
/** As NoCaps has them, with more of the rarer ones: two of three images have something new. */
const DOMAIN_POOLS: readonly { pool: KindPool; weight: number }[] = [
  { pool: "in", weight: 30 },
  { pool: "near", weight: 40 },
  { pool: "out", weight: 30 },
];

interface Captioned {
  readonly id: number;
  readonly name: string;
  readonly scene: Scene;
  readonly random: Random;
  readonly openImagesId?: string;
}

/** COCO captions: only in-domain kinds, with five references each. */
export function planCaptions(split: Split, size: number): Job[] {
  return planCaptionSet("captions", split, size, COCO_REFERENCES, (index, random, world) => ({
    scene: sampleScene(random, split, { world, pool: "in" }),
    name: `COCO_${split}_${String(firstId(split) + index).padStart(12, "0")}.jpg`,
  }));
}

/** NoCaps: all kinds, with ten references for each image, and its domain. */
export function planNocaps(split: Split, size: number): Job[] {
  return planCaptionSet("nocaps", split, size, NOCAPS_REFERENCES, (_, random, world) => {
    const { pool } = pickWeighted(random, DOMAIN_POOLS);
    const scene = sampleScene(random, split, { world, pool });
    const openImagesId = Array.from({ length: 16 }, () => random.integer(16).toString(16)).join("");
    return { scene, openImagesId, name: `${openImagesId}.jpg` };
  });
}

/** NoCaps' domain of a scene: whether all, some or none of its kinds occur in the supervised captions. */
export function domainOf({ groups }: Scene): "in-domain" | "near-domain" | "out-domain" {
  const known = groups.filter(({ kind }) => KINDS[kind].inDomain).length;
  if (known === groups.length) return "in-domain";
  return known === 0 ? "out-domain" : "near-domain";
}

function planCaptionSet(
  folder: "captions" | "nocaps",
  split: Split,
  size: number,
  references: number,
  draw: (index: number, random: Random, world: World) => Omit<Captioned, "id" | "random">,
): Job[] {
  const english = `${folder}/${split}.json`;
  const german = `${folder}/${split}-de.json`;
  const facts = `${folder}/${split}-facts.jsonl`;
  const instances = `${folder}/instances-${split}.json`;
  const listImages = (workshop: Workshop): Captioned[] => {
    const stream = workshop.random.fork(folder).fork(split);
    return Array.from({ length: size }, (_, index) => {
      const random = stream.fork(index);
      return { id: firstId(split) + index, random, ...draw(index, random, workshop.world) };
    });
  };
  const pictures = imageFolder(folder, split);
  const texts: Job = {
    files: [english, german, facts, instances],
    steps: size,
    async run(workshop) {
      const images = listImages(workshop);
      await writePictures(workshop, pictures, images);
      await writeTexts(workshop.root, {
        [english]: toJson(toCoco(images, references, "en")),
        [german]: toJson(toCoco(images, references, "de")),
        [facts]: toJsonLines(images.map(({ id, scene }) => ({ image_id: id, facts: sceneFacts(scene) }))),
        [instances]: toJson(toInstances(images)),
      });
    },
  };
  return [texts, planMasks(`${folder}/masks-${split}.json`, pictures, listImages)];
}

function toCoco(images: readonly Captioned[], references: number, language: Language): unknown {
  return {
    info: { description: "Toybox, drawn and described by simvlm", version: "1.0", year: 2026 },
    licenses: [{ id: 1, name: "Apache-2.0", url: "http://www.apache.org/licenses/LICENSE-2.0" }],
    images: images.map(({ id, name, scene, openImagesId }) => ({
      id,
      file_name: name,
      width: IMAGE_SIZE,
      height: IMAGE_SIZE,
      license: 1,
      coco_url: "",
      flickr_url: "",
      date_captured: "",
      ...(openImagesId === undefined ? {} : { open_images_id: openImagesId, domain: domainOf(scene) }),
    })),
    annotations: images.flatMap(({ id, scene, random }) =>
      writeReferences(scene, references, language, random).map((caption, index) => ({
        id: id * references + index,
        image_id: id,
        caption,
      })),
    ),
  };
}

/** What several people would write under a picture. */
function writeReferences(scene: Scene, count: number, language: Language, random: Random): string[] {
  return Array.from({ length: count }, (_, index) => {
    const stream = random.fork(`${language} ${index}`);
    return say(chooseWording(describe(scene, CAPTION, stream), stream), language);
  });
}
