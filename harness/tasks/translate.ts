import { findImageRoot, findOptionalSplitFile, findSplitFile } from "../formats/folder.js";
import { readMulti30k } from "../formats/multi30k.js";
import { imagesOf, showsImage, showsText, swapImages } from "./examples.js";
import type { Task } from "./task.js";

/** Multi30k, English to German (paper §4.1): picture and English sentence in the encoder, the German one is generated. */
export const translateTask: Task = {
  name: "translate",
  modalities: ["both", "text", "image", "none"],
  answers: ["generate"],
  passes: 1,
  headLoss: "softmax",
  maxLength: 64,
  async load(folder, settings) {
    const { split, modality } = settings;
    const source = findSplitFile(folder, split, ["SPLIT.en"]);
    const target = findSplitFile(folder, split, ["SPLIT.de"]);
    const images = showsImage(modality)
      ? findOptionalSplitFile(folder, split, ["SPLIT.images", "SPLIT.images.txt"])
      : undefined;
    const lines = await readMulti30k({ source, target, images }, { imageRoot: findImageRoot(folder, split) });
    const examples = lines.map(({ id, file, source, target }) => ({
      id,
      images: imagesOf(modality, file),
      prefix: showsText(modality) ? source : "",
      targets: [target],
    }));
    const files = [source, target, images].filter((file) => file !== undefined);
    return { examples: swapImages(examples, settings), files, references: target, classes: [] };
  },
  formatResults: (predictions) =>
    predictions.map(({ prediction }) => `${prediction.replace(/[\r\n]+/g, " ")}\n`).join(""),
  resultsName: "results.txt",
};
