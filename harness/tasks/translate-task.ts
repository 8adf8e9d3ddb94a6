import { SimvlmError, sacreBleuMetric } from "@simvlm/metrics";
import { type DataFileNames, findDataFiles, findOptionalDataFile, listSplits } from "../formats/data-files.js";
import type { FormatDescription } from "../formats/format.js";
import { MULTI30K_FORMAT, readMulti30k } from "../formats/multi30k.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { readTranslationResults } from "../formats/results.js";
import { readTranslations, TRANSLATION_FORMATS, type TranslationPair } from "../formats/translations.js";
import { imagesOf, showsImage, showsText, swapImages } from "./shown-images.js";
import { defineTask, type LoadSettings } from "./task.js";

const ENGLISH = "SPLIT.en";
/** Where both languages are in one file. */
const PAIRS: DataFileNames = {
  names: ["SPLIT.jsonl", "SPLIT.json", "SPLIT.csv", "SPLIT.tsv"],
  matches: (shape) => TRANSLATION_FORMATS.some((format) => format.matches(shape)),
  parquet: true,
};

/** Multi30k, English to German (paper §4.1): picture and English sentence in the encoder, the German one is generated. */
export const translateTask = defineTask({
  name: "translate",
  modalities: ["both", "text", "image", "none"],
  answers: ["generate"],
  maxLength: 64,
  async load(folder, settings) {
    const { split, modality } = settings;
    const { lines, files, format, references, namedIn } = await readFolder(folder, settings);
    const pictures = await findPictures(namesOf(lines), { folder, split, images: settings.images });
    const examples = lines.map((line) => ({
      id: line.id,
      images: imagesOf(modality, locate(line, pictures, namedIn)),
      prefix: showsText(modality) ? line.source : "",
      targets: [line.target],
      asked: line.source,
      references: [line.target],
    }));
    return {
      examples: swapImages(examples, settings),
      format,
      files,
      references,
      classes: [],
      imageRoot: pictures.root,
    };
  },
  listSplits: (folder) => listSplits(folder, { ...PAIRS, names: [ENGLISH, ...PAIRS.names] }),
  async readReferences(path, { split } = {}) {
    const { examples, format } = await readTranslations([path], { split });
    return { examples: examples.map(({ id, target }) => ({ id, references: [target] })), format };
  },
  instruct: ({ prefix = "" }) =>
    `Translate into German, one sentence on one line; the picture, if there is one, shows what it is about:\n${prefix}\n` +
    "Answer with the translation alone.",
  formatResults: (predictions) => predictions.map(({ prediction }) => `${onOneLine(prediction)}\n`).join(""),
  readResults: async (path, options) =>
    (await readTranslationResults(path, options)).map(({ id, translation }) => ({ id, prediction: translation })),
  resultsName: "results.txt",
  resultsInOrder: true,
  metrics: [sacreBleuMetric],
  furtherMetrics: [],
  mainScore: "sacreBLEU",
  scoredText: onOneLine,
});

interface FolderPairs {
  readonly lines: readonly (TranslationPair & { readonly source: string })[];
  readonly files: readonly string[];
  readonly format: FormatDescription;
  /** Which of the files has the translations, and which names the pictures. */
  readonly references: string;
  readonly namedIn: string;
}

/** Multi30k's files of lines, or one file of pairs. */
async function readFolder(folder: string, { split, modality }: LoadSettings): Promise<FolderPairs> {
  if (findOptionalDataFile(folder, split, [ENGLISH]) === undefined) {
    const files = await findDataFiles(folder, split, { ...PAIRS, names: [ENGLISH, ...PAIRS.names] });
    const { examples, format } = await readTranslations(files, { split });
    const lines = examples.map((pair) => ({ ...pair, source: requireSource(pair, files[0]!) }));
    return { lines, files, format, references: files[0]!, namedIn: files[0]! };
  }
  const [source] = (await findDataFiles(folder, split, { names: [ENGLISH] })) as [string];
  const [target] = (await findDataFiles(folder, split, { names: ["SPLIT.de"] })) as [string];
  const images = showsImage(modality)
    ? findOptionalDataFile(folder, split, ["SPLIT.images", "SPLIT.images.txt", "SPLIT_images.txt"])
    : undefined;
  const files = [source, target, images].filter((file) => file !== undefined);
  const lines = await readMulti30k({ source, target, images });
  return { lines, files, format: MULTI30K_FORMAT, references: target, namedIn: images ?? source };
}

function requireSource({ id, source }: TranslationPair, path: string): string {
  if (source !== undefined) return source;
  throw new SimvlmError("wrong-schema", `${path}: ${id} has no English sentence to be translated.`);
}

function onOneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
