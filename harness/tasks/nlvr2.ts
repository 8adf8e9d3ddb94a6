import { findImageRoot, findSplitFile } from "../formats/folder.js";
import { readNlvr2 } from "../formats/nlvr2.js";
import { imagesOf, oneHot, swapImages } from "./examples.js";
import type { Task } from "./task.js";

const CLASSES = ["False", "True"] as const;
/** Is the statement so? */
const WORDS: Readonly<Record<string, string>> = { True: "yes", False: "no" };

/**
 * NLVR2 (paper §4.1, A.2): is a statement true of two pictures? The decoder reads the statement twice, once with each
 * picture in the encoder, and the head sees the states of both.
 */
export const nlvr2Task: Task = {
  name: "nlvr2",
  modalities: ["image", "none"],
  answers: ["classify"],
  passes: 2,
  headLoss: "softmax",
  sayClass: (label) => WORDS[label] ?? label,
  maxLength: 1,
  async load(folder, settings) {
    const { split, modality } = settings;
    const file = findSplitFile(folder, split, ["SPLIT.jsonl", "SPLIT.json", "tiny-SPLIT.jsonl"]);
    const statements = await readNlvr2(file, { imageRoot: findImageRoot(folder, split) });
    const examples = statements.map(({ id, sentence, images, label }) => ({
      id,
      images: imagesOf(modality, ...images),
      prefix: "",
      targets: [],
      statement: sentence,
      classScores: oneHot(label ? 1 : 0, CLASSES.length),
    }));
    return { examples: swapImages(examples, settings), files: [file], references: file, classes: CLASSES };
  },
  formatResults: (predictions) => predictions.map(({ id, prediction }) => `${id},${prediction}\n`).join(""),
  resultsName: "results.csv",
};
