import { accuracyMetric } from "@simvlm/metrics";
import { guardText, quoteCsvField } from "../files/csv-field.js";
import { readSnliVeResults } from "../formats/results.js";
import { readSnliVe, SNLI_VE_LABELS, type SnliVeExample } from "../formats/snli-ve.js";
import { findImageRoot, findSplitFile } from "../formats/split-files.js";
import { oneHot } from "./read-answer.js";
import { imagesOf, showsText, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";

/** Is the hypothesis so? */
const WORDS: Readonly<Record<string, string>> = { entailment: "yes", neutral: "maybe", contradiction: "no" };

const FILES = ["SPLIT.jsonl", "snli_ve_SPLIT.jsonl", "esnlive_SPLIT.csv", "sample_pairs.jsonl"];

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
    const file = findSplitFile(folder, split, FILES);
    const { examples: pairs, unlabelled } = await readSnliVe(file, { imageRoot: findImageRoot(folder, split) });
    const examples = pairs.map((pair) => ({
      ...truthOf(pair),
      images: imagesOf(modality, pair.file),
      prefix: showsText(modality) ? (pair.premise ?? "") : "",
      targets: [],
      statement: pair.hypothesis,
      asked: pair.hypothesis,
      classScores: oneHot(SNLI_VE_LABELS.indexOf(pair.label), SNLI_VE_LABELS.length),
    }));
    return {
      examples: swapImages(examples, settings),
      ignored: unlabelled,
      files: [file],
      references: file,
      classes: SNLI_VE_LABELS,
    };
  },
  async readReferences(path) {
    const { examples, unlabelled } = await readSnliVe(path);
    return { examples: examples.map(truthOf), ignored: unlabelled };
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
  mainScore: "accuracy",
});

function truthOf({ id, label }: SnliVeExample): Truth {
  return { id, references: [label] };
}
