import { bleuMetric, ciderMetric, hasLineBreak, type MetricExample, rougeMetric } from "@simvlm/metrics";
import { listIds, officialId } from "../formats/ids.js";
import { DOMAINS, type NocapsExample, readNocaps } from "../formats/nocaps.js";
import { formatJsonResults, readCaptionResults } from "../formats/results.js";
import { findImageRoot, findOptionalSplitFile, findSplitFile } from "../formats/split-files.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Language, type Truth } from "./task.js";

const FILES: Readonly<Record<Language, readonly string[]>> = {
  en: ["SPLIT.json", "captions_SPLIT2014.json", "captions_SPLIT2017.json", "nocaps_SPLIT_4500_captions.json"],
  de: ["SPLIT-de.json"],
};

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "German" };

/** COCO or NoCaps captions (paper §4.1): picture and prompt in the encoder, the caption is generated. */
export const captionTask = defineTask({
  name: "caption",
  modalities: ["image", "none"],
  answers: ["generate"],
  maxLength: 40,
  options: ["language", "prompt", "by-domain", "df"],
  async load(folder, settings) {
    const { split, language, modality, prompt } = settings;
    const file = findSplitFile(folder, split, [...FILES[language], ...(language === "en" ? ["captions.json"] : [])]);
    const images = await readNocaps(file, { imageRoot: findImageRoot(folder, split), references: "optional" });
    const isScorable = images.every(({ references }) => references.length > 0);
    const examples = images.map((image) => ({
      ...(isScorable ? truthOf(image) : { id: image.id }),
      images: imagesOf(modality, image.file),
      ...(prompt !== undefined && { prefix: prompt }),
      targets: image.references,
    }));
    return {
      examples: swapImages(examples, settings),
      files: [file],
      classes: [],
      ...(isScorable && { references: file }),
      facts: findOptionalSplitFile(folder, split, ["SPLIT-facts.jsonl"]),
    };
  },
  readReferences: async (path) => ({ examples: (await readNocaps(path)).map(truthOf) }),
  instruct: (_, { language, prompt }) =>
    prompt ??
    `Describe this picture in one short sentence in ${LANGUAGE_NAMES[language]}, as a caption of about ten words. ` +
      "Answer with the caption alone.",
  formatResults: (predictions) =>
    formatJsonResults(predictions, ({ id, prediction }) => ({ image_id: officialId(id), caption: prediction })),
  readResults: async (path, options) =>
    (await readCaptionResults(path, options)).map(({ id, caption }) => ({ id, prediction: caption })),
  resultsName: "results.json",
  metrics: [bleuMetric, ciderMetric, rougeMetric],
  mainScore: "CIDEr",
  groupings: [{ by: "domain", order: DOMAINS }],
  warn: warnOfLineBreaks,
  scoreNote: "Scores are on the reference programs' scale; papers print 100 times these numbers.",
});

function truthOf({ id, file, references, domain }: NocapsExample): Truth {
  return { id, references, pictures: file === undefined ? undefined : [file], groups: { domain } };
}

function warnOfLineBreaks(examples: readonly MetricExample[]): string[] {
  const found = examples.flatMap(({ id, prediction, references }) =>
    hasLineBreak(prediction) ? [`${id} (prediction)`] : references.some(hasLineBreak) ? [`${id} (reference)`] : [],
  );
  if (found.length === 0) return [];
  return [
    `the captions of ${listIds(found)} contain a carriage return or line separator; here it counts as white space, while the reference program shifts every later caption by one`,
  ];
}
