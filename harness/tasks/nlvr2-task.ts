import { nlvr2Metric } from "@simvlm/metrics";
import { formatCsvLine, guardText } from "../files/csv-field.js";
import { type Nlvr2Example, readNlvr2 } from "../formats/nlvr2.js";
import { readNlvr2Results } from "../formats/results.js";
import { findImageRoot, findSplitFile } from "../formats/split-files.js";
import { oneHot } from "./read-answer.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";

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
    const file = findSplitFile(folder, split, ["SPLIT.jsonl", "SPLIT.json", "tiny-SPLIT.jsonl"]);
    const statements = await readNlvr2(file, { imageRoot: findImageRoot(folder, split) });
    const examples = statements.map((statement) => ({
      ...truthOf(statement),
      images: imagesOf(modality, ...statement.images),
      prefix: "",
      targets: [],
      statement: statement.sentence,
      asked: statement.sentence,
      classScores: oneHot(statement.label ? 1 : 0, CLASSES.length),
    }));
    return { examples: swapImages(examples, settings), files: [file], references: file, classes: CLASSES };
  },
  readReferences: async (path) => ({ examples: (await readNlvr2(path)).map(truthOf) }),
  instruct: ({ statement }) =>
    `The first picture is the left one, the second the right one. Is this statement true of them?\n${statement}\n` +
    "Answer with one word: True or False.",
  formatResults: (predictions) =>
    predictions.map(({ id, prediction }) => `${formatCsvLine([guardText(id), prediction])}\n`).join(""),
  readResults: async (path, options) =>
    (await readNlvr2Results(path, options)).map(({ id, label }) => ({ id, prediction: nameOf(label) })),
  resultsName: "results.csv",
  metrics: [nlvr2Metric],
  mainScore: "accuracy",
});

function truthOf({ id, label, sentenceGroup }: Nlvr2Example): Truth {
  return { id, references: [nameOf(label)], cluster: sentenceGroup };
}
