import { findImageRoot, findSplitFile } from "../formats/folder.js";
import { readEsnliVe, readSnliVe, SNLI_VE_LABELS } from "../formats/snli-ve.js";
import { imagesOf, oneHot, showsText, swapImages } from "./examples.js";
import type { Task } from "./task.js";

/** Is the hypothesis so? */
const WORDS: Readonly<Record<string, string>> = { entailment: "yes", neutral: "maybe", contradiction: "no" };

/**
 * SNLI-VE (paper §4.1, A.2): does a hypothesis follow from the premise in the encoder? The premise is the picture or,
 * for text-only transfer (§4.3), the caption that says the same.
 */
export const snliVeTask: Task = {
  name: "snli-ve",
  modalities: ["image", "text", "both", "none"],
  answers: ["classify"],
  passes: 1,
  headLoss: "softmax",
  sayClass: (label) => WORDS[label] ?? label,
  maxLength: 1,
  async load(folder, settings) {
    const { split, modality } = settings;
    const names = ["SPLIT.jsonl", "snli_ve_SPLIT.jsonl", "esnlive_SPLIT.csv", "sample_pairs.jsonl"];
    const file = findSplitFile(folder, split, names);
    const read = /\.csv(\.gz)?$/.test(file) ? readEsnliVe : readSnliVe;
    const pairs = await read(file, { imageRoot: findImageRoot(folder, split) });
    const examples = pairs.examples.map(({ id, file, premise = "", hypothesis, label }) => ({
      id,
      images: imagesOf(modality, file),
      prefix: showsText(modality) ? premise : "",
      targets: [],
      statement: hypothesis,
      classScores: oneHot(SNLI_VE_LABELS.indexOf(label), SNLI_VE_LABELS.length),
    }));
    return { examples: swapImages(examples, settings), files: [file], references: file, classes: SNLI_VE_LABELS };
  },
  formatResults: (predictions) =>
    predictions.map(({ id, prediction }) => `${JSON.stringify(id)},${prediction}\n`).join(""),
  resultsName: "results.csv",
};
