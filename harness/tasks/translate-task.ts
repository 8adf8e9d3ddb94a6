import { sacreBleuMetric } from "@simvlm/metrics";
import { readLines } from "../files/lines.js";
import { findDataFiles, findOptionalDataFile, listSplits } from "../formats/data-files.js";
import { checkExamples } from "../formats/ids.js";
import { MULTI30K_FORMAT, readMulti30k } from "../formats/multi30k.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { requirePredictions } from "../formats/results/read-results.js";
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
    const [source] = (await findDataFiles(folder, split, { names: ["SPLIT.en"] })) as [string];
    const [target] = (await findDataFiles(folder, split, { names: ["SPLIT.de"] })) as [string];
    const images = showsImage(modality)
      ? findOptionalDataFile(folder, split, ["SPLIT.images", "SPLIT.images.txt", "SPLIT_images.txt"])
      : undefined;
    const lines = await readMulti30k({ source, target, images });
    const pictures = await findPictures(namesOf(lines), { folder, split, images: settings.images });
    const examples = lines.map((line) => ({
      id: line.id,
      images: imagesOf(modality, locate(line, pictures, images ?? source)),
      prefix: showsText(modality) ? line.source : "",
      targets: [line.target],
      asked: line.source,
      references: [line.target],
    }));
    const files = [source, target, images].filter((file) => file !== undefined);
    return {
      examples: swapImages(examples, settings),
      format: MULTI30K_FORMAT,
      files,
      references: target,
      classes: [],
      imageRoot: pictures.root,
    };
  },
  listSplits: (folder) => listSplits(folder, { names: ["SPLIT.en"] }),
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
