import { sacreBleuMetric } from "@simvlm/metrics";
import { readLines } from "../files/lines.js";
import { checkExamples } from "../formats/ids.js";
import { readMulti30k } from "../formats/multi30k.js";
import { requirePredictions } from "../formats/results/read-results.js";
import { findImageRoot, findOptionalSplitFile, findSplitFile } from "../formats/split-files.js";
import { imagesOf, showsImage, showsText, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";

/** Multi30k, English to German (paper §4.1): picture and English sentence in the encoder, the German one is generated. */
export const translateTask = defineTask({
  name: "translate",
  modalities: ["both", "text", "image", "none"],
  answers: ["generate"],
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
      asked: source,
      references: [target],
    }));
    const files = [source, target, images].filter((file) => file !== undefined);
    return { examples: swapImages(examples, settings), files, references: target, classes: [] };
  },
  async readReferences(path) {
    const lines = await readLines(path);
    const examples = lines.map((line, i): Truth => ({ id: String(i + 1), references: [line] }));
    return { examples: checkExamples(examples, path) };
  },
  instruct: ({ prefix = "" }) =>
    `Translate into German, one sentence on one line; the picture, if there is one, shows what it is about:\n${prefix}\n` +
    "Answer with the translation alone.",
  formatResults: (predictions) => predictions.map(({ prediction }) => `${onOneLine(prediction)}\n`).join(""),
  async readResults(path) {
    const lines = await readLines(path);
    const predictions = lines.map((line, i) => ({ id: String(i + 1), prediction: line }));
    return requirePredictions(predictions, path, "plain text, one translation per line");
  },
  resultsName: "results.txt",
  resultsInOrder: true,
  metrics: [sacreBleuMetric],
  mainScore: "sacreBLEU",
  scoredText: onOneLine,
});

function onOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
