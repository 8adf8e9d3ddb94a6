import {
  bleuMetric,
  ciderMetric,
  clipScoreMetric,
  hasLineBreak,
  type MetricExample,
  meteorMetric,
  refClipScoreMetric,
  rougeMetric,
  spiceMetric,
} from "@simvlm/metrics";
import { type DataFileNames, findDataFiles, findOptionalDataFile, listSplits } from "../formats/data-files.js";
import { readShape } from "../formats/file-shape.js";
import { listIds, officialId } from "../formats/ids.js";
import { DOMAINS, type NocapsExample } from "../formats/nocaps.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { CAPTION_FORMATS, readCaptions } from "../formats/read-captions.js";
import { formatJsonResults, readCaptionResults } from "../formats/results.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Language, TASK_SETTING_DEFAULTS, type Truth } from "./task.js";
import { isReferenced, settleReferences } from "./unreferenced.js";

const NAMES: Readonly<Record<Language, DataFileNames>> = {
  en: {
    names: [
      ...["SPLIT.json", "captions_SPLIT2014.json", "captions_SPLIT2017.json", "captions_SPLIT.json"],
      ...["nocaps_SPLIT_4500_captions.json", "nocaps_SPLIT_image_info.json", "nocaps_SPLIT.json"],
      ...["coco_karpathy_SPLIT.json", "coco_karpathy_SPLIT_gt.json", "flickr30k_SPLIT.json", "flickr8k_SPLIT.json"],
      ...["SPLIT.jsonl", "SPLIT.csv", "SPLIT.tsv"],
      ...["dataset_coco.json", "dataset_flickr30k.json", "dataset_flickr8k.json", "captions.json"],
    ],
    matches: (shape) => CAPTION_FORMATS.some((format) => format.matches(shape)),
    parquet: true,
  },
  de: { names: ["SPLIT-de.json"] },
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
    const files = await findDataFiles(folder, split, NAMES[language]);
    const read = await readCaptions(await Promise.all(files.map(readShape)), { split });
    const { examples: images, isScorable, unreferenced } = settleReferences(read.examples, isReferenced);
    const pictures = await findPictures(namesOf(images), { folder, split, images: settings.images });
    const examples = images.map((image) => {
      const file = locate(image, pictures, files[0]!);
      return {
        ...(isScorable ? truthOf(image, file) : { id: image.id, pictures: picturesOf(file) }),
        images: imagesOf(modality, file),
        ...(prompt !== undefined && { prefix: prompt }),
        targets: image.references,
      };
    });
    return {
      examples: swapImages(examples, settings),
      unreferenced,
      format: read.format,
      files,
      classes: [],
      ...(isScorable && { references: files[0] }),
      facts: findOptionalDataFile(folder, split, ["SPLIT-facts.jsonl"]),
      imageRoot: pictures.root,
    };
  },
  listSplits: (folder) => listSplits(folder, NAMES.en),
  async readReferences(path, { split = TASK_SETTING_DEFAULTS.split, images } = {}) {
    const { examples, format } = await readCaptions([await readShape(path)], { split });
    const settled = settleReferences(examples, isReferenced);
    const pictures =
      images === undefined ? undefined : await findPictures(namesOf(examples), { folder: images, images, split });
    return {
      examples: settled.examples.map((image) =>
        truthOf(image, pictures ? locate(image, pictures, path) : (image.inside ?? image.file)),
      ),
      unreferenced: settled.isScorable ? settled.unreferenced : examples.map(({ id }) => id),
      format,
    };
  },
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
  furtherMetrics: [meteorMetric, spiceMetric, clipScoreMetric, refClipScoreMetric],
  mainScore: "CIDEr",
  groupings: [{ by: "domain", order: DOMAINS }],
  warn: warnOfLineBreaks,
  scoreNote: "Scores are on the reference programs' scale; papers print 100 times these numbers.",
});

function truthOf({ id, references, domain }: NocapsExample, file: string | undefined): Truth {
  return { id, references, pictures: picturesOf(file), groups: { domain } };
}

function picturesOf(file: string | undefined): string[] | undefined {
  return file === undefined ? undefined : [file];
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
