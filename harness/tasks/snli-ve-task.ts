import { accuracyMetric } from "@simvlm/metrics";
import { guardText, quoteCsvField } from "../files/csv-field.js";
import { type DataFileNames, findDataFiles, listSplits } from "../formats/data-files.js";
import { readShape } from "../formats/file-shape.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { HYPOTHESIS_FORMATS, readHypotheses } from "../formats/read-hypotheses.js";
import { readSnliVeResults } from "../formats/results.js";
import { SNLI_VE_LABELS, type SnliVeExample } from "../formats/snli-ve.js";
import { oneHot } from "./read-answer.js";
import { imagesOf, showsText, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";

/** Is the hypothesis so? */
const WORDS: Readonly<Record<string, string>> = { entailment: "yes", neutral: "maybe", contradiction: "no" };

const NAMES: DataFileNames = {
  names: [
    ...["SPLIT.jsonl", "snli_ve_SPLIT.jsonl", "esnlive_SPLIT.csv", "sample_pairs.jsonl"],
    ...["SPLIT.json", "ve_SPLIT.json", "snli_ve_SPLIT.json", "SPLIT.csv"],
  ],
  matches: (shape) => HYPOTHESIS_FORMATS.some((format) => format.matches(shape)),
  parquet: true,
};

/**
 * SNLI-VE (paper §4.1, A.2): does a hypothesis follow from the premise in the encoder? The premise is the picture or,
 * for text-only transfer (§4.3), the caption that says the same.
 */
export const snliVeTask = defineTask({
  name: "snli-ve",
  modalities: ["image", "text", "both", "none"],
  answers: ["classify"],
  head: { passes: 1, loss: "softmax", sayClass: (label) => WORDS[label] ?? label },
  maxLength: 1,
  async load(folder, settings) {
    const { split, modality } = settings;
    const files = await findDataFiles(folder, split, NAMES);
    const read = await readHypotheses(await Promise.all(files.map(readShape)), { split });
    const { examples: pairs, unlabelled } = read.set;
    const pictures = await findPictures(namesOf(pairs), { folder, split, images: settings.images });
    const examples = pairs.map((pair) => ({
      ...truthOf(pair),
      images: imagesOf(modality, locate(pair, pictures, files[0]!)),
      prefix: showsText(modality) ? (pair.premise ?? "") : "",
      targets: [],
      statement: pair.hypothesis,
      asked: pair.hypothesis,
      classScores: oneHot(SNLI_VE_LABELS.indexOf(pair.label), SNLI_VE_LABELS.length),
    }));
    return {
      examples: swapImages(examples, settings),
      ignored: unlabelled,
      format: read.format,
      files,
      references: files[0],
      classes: SNLI_VE_LABELS,
      imageRoot: pictures.root,
    };
  },
  listSplits: (folder) => listSplits(folder, NAMES),
  async readReferences(path, { split } = {}) {
    const { set, format } = await readHypotheses([await readShape(path)], { split });
    return { examples: set.examples.map(truthOf), ignored: set.unlabelled, format };
  },
  instruct: ({ prefix = "", statement }) =>
    `${prefix === "" ? "The premise is what the picture shows." : `Premise: ${prefix}`}\nHypothesis: ${statement}\n` +
    "Does the hypothesis follow from the premise (entailment), contradict it (contradiction), or neither (neutral)? " +
    "Answer with one word: entailment, neutral or contradiction.",
  formatResults: (predictions) =>
    predictions.map(({ id, prediction }) => `${quoteCsvField(guardText(id))},${prediction}\n`).join(""),
  readResults: async (path, options) =>
    (await readSnliVeResults(path, options)).map(({ id, label }) => ({ id, prediction: label })),
  resultsName: "results.csv",
  metrics: [accuracyMetric],
  furtherMetrics: [],
  mainScore: "accuracy",
});

function truthOf({ id, label }: SnliVeExample): Truth {
  return { id, references: [label] };
}
