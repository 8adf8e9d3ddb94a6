import type { Random } from "../../random.js";
import { CAPTION, describe } from "../language/describe-scene.js";
import { toSentence } from "../language/sentence-style.js";
import { chooseWording, say } from "../language/wording.js";
import { TEXT_ONLY_FACTOR } from "../sizes.js";
import { firstId, imageFolder, type Job, toLines, writePictures, writeTexts } from "../workshop.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";

/** Multi30k: one sentence on each line, in English and in German, and the image that it is about. */
export function planMulti30k(split: Split, size: number): Job {
  const files = [`multi30k/${split}.en`, `multi30k/${split}.de`, `multi30k/${split}.images`] as const;
  return {
    files,
    steps: size,
    async run(workshop) {
      const stream = workshop.random.fork("multi30k").fork(split);
      const rows = Array.from({ length: size }, (_, index) => ({
        name: `${firstId(split) + index}.jpg`,
        ...translate(stream.fork(index), split),
      }));
      await writePictures(workshop, imageFolder("multi30k", split), rows);
      await writeTexts(workshop.root, {
        [files[0]]: toLines(rows.map(({ en }) => en)),
        [files[1]]: toLines(rows.map(({ de }) => de)),
        [files[2]]: toLines(rows.map(({ name }) => name)),
      });
    },
  };
}

/** More such pairs of sentences, about training scenes, without pictures. */
export function planTranslationTexts(size: number): Job {
  const files = ["multi30k/text-train.en", "multi30k/text-train.de"] as const;
  return {
    files,
    steps: 0,
    async run(workshop) {
      const stream = workshop.random.fork("multi30k").fork("text");
      const rows = Array.from({ length: size * TEXT_ONLY_FACTOR }, (_, index) =>
        translate(stream.fork(index), "train"),
      );
      await writeTexts(workshop.root, {
        [files[0]]: toLines(rows.map(({ en }) => en)),
        [files[1]]: toLines(rows.map(({ de }) => de)),
      });
    },
  };
}

/** The same sentence in both languages: one choice of words, said twice. */
function translate(random: Random, split: Split): { scene: Scene; en: string; de: string } {
  const scene = sampleScene(random, split);
  const wording = chooseWording(describe(scene, CAPTION, random), random);
  return { scene, en: toSentence(say(wording, "en")), de: toSentence(say(wording, "de")) };
}
