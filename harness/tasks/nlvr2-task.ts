import { nlvr2Metric } from "@simvlm/metrics";
import { formatCsvLine, guardText } from "../files/csv-field.js";
import { type DataFileNames, findDataFiles, listSplits } from "../formats/data-files.js";
import { readShape } from "../formats/file-shape.js";
import type { Nlvr2Example } from "../formats/nlvr2.js";
import { findPictures } from "../formats/picture-folder.js";
import { readStatements, STATEMENT_FORMATS } from "../formats/read-statements.js";
import { readNlvr2Results } from "../formats/results.js";
import { oneHot } from "./read-answer.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";

const NAMES: DataFileNames = {
  names: [
    "SPLIT.jsonl",
    "SPLIT.json",
    "tiny-SPLIT.jsonl",
    "balanced_SPLIT.json",
    "nlvr_SPLIT.json",
    "nlvr2_SPLIT.json",
  ],
  matches: (shape) => STATEMENT_FORMATS.some((format) => format.matches(shape)),
  parquet: true,
};

const CLASSES = ["False", "True"] as const;
/** Is the statement so? */
const WORDS: Readonly<Record<string, string>> = { True: "yes", False: "no" };

const nameOf = (label: boolean) => CLASSES[label ? 1 : 0];

/**
 * NLVR2 (paper §4.1, A.2): is a statement true of two pictures? The decoder reads the statement twice, once with each
 * picture in the encoder, and the head sees the states of both.
 */
export const nlvr2Task = defineTask({
  name: "nlvr2",
  modalities: ["image", "none"],
  answers: ["classify"],
  head: { passes: 2, loss: "softmax", sayClass: (label) => WORDS[label] ?? label },
  maxLength: 1,
  async load(folder, settings) {
    const { split, modality } = settings;
    const files = await findDataFiles(folder, split, NAMES);
    const { examples: statements, format } = await readStatements(await Promise.all(files.map(readShape)), { split });
    const isInside = statements.every((statement) => statement.isInside);
    const names = isInside ? [] : statements.flatMap(({ images }) => images);
    const pictures = await findPictures(names, { folder, split, images: settings.images });
    const examples = statements.map((statement) => ({
      ...truthOf(statement),
      images: imagesOf(
        modality,
        ...statement.images.map((name) => (isInside ? name : pictures.locate(name, `${files[0]}: ${statement.id}`))),
      ),
      prefix: "",
      targets: [],
      statement: statement.sentence,
      asked: statement.sentence,
      classScores: oneHot(statement.label ? 1 : 0, CLASSES.length),
    }));
    return {
      examples: swapImages(examples, settings),
      format,
      files,
      references: files[0],
      classes: CLASSES,
      imageRoot: pictures.root,
    };
  },
  listSplits: (folder) => listSplits(folder, NAMES),
  async readReferences(path, { split } = {}) {
    const { examples, format } = await readStatements([await readShape(path)], { split });
    return { examples: examples.map(truthOf), format };
  },
  instruct: ({ statement }) =>
    `The first picture is the left one, the second the right one. Is this statement true of them?\n${statement}\n` +
    "Answer with one word: True or False.",
  formatResults: (predictions) =>
    predictions.map(({ id, prediction }) => `${formatCsvLine([guardText(id), prediction])}\n`).join(""),
  readResults: async (path, options) =>
    (await readNlvr2Results(path, options)).map(({ id, label }) => ({ id, prediction: nameOf(label) })),
  resultsName: "results.csv",
  metrics: [nlvr2Metric],
  furtherMetrics: [],
  mainScore: "accuracy",
});

function truthOf({ id, label, sentenceGroup }: Nlvr2Example): Truth {
  return { id, references: [nameOf(label)], cluster: sentenceGroup };
}
