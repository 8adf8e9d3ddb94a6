import { findImageRoot, findOptionalSplitFile, findSplitFile } from "../formats/folder.js";
import { readNocaps } from "../formats/nocaps.js";
import { imagesOf, officialId, swapImages, toJson } from "./examples.js";
import type { Language, Task } from "./task.js";

const FILES: Readonly<Record<Language, readonly string[]>> = {
  en: ["SPLIT.json", "captions_SPLIT2014.json", "captions_SPLIT2017.json", "nocaps_SPLIT_4500_captions.json"],
  de: ["SPLIT-de.json"],
};

/** COCO or NoCaps captions (paper §4.1): picture and prompt in the encoder, the caption is generated. */
export const captionTask: Task = {
  name: "caption",
  modalities: ["image", "none"],
  answers: ["generate"],
  passes: 1,
  headLoss: "softmax",
  maxLength: 40,
  async load(folder, settings) {
    const { split, language, modality, prompt } = settings;
    const file = findSplitFile(folder, split, [...FILES[language], ...(language === "en" ? ["captions.json"] : [])]);
    const images = await readNocaps(file, { imageRoot: findImageRoot(folder, split), references: "optional" });
    const examples = images.map(({ id, file, references }) => ({
      id,
      images: imagesOf(modality, file),
      ...(prompt !== undefined && { prefix: prompt }),
      targets: references,
    }));
    const scorable = images.every(({ references }) => references.length > 0);
    return {
      examples: swapImages(examples, settings),
      files: [file],
      classes: [],
      ...(scorable && { references: file }),
    };
  },
  formatResults: (predictions) =>
    toJson(predictions.map(({ id, prediction }) => ({ image_id: officialId(id), caption: prediction }))),
  resultsName: "results.json",
};

/** What is to be seen in a Toybox split's images, for fact accuracy; undefined for other data. */
export function findFactsFile(folder: string, split: string): string | undefined {
  return findOptionalSplitFile(folder, split, ["SPLIT-facts.jsonl"]);
}
