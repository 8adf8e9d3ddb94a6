import { z } from "zod";
import { readLines } from "../files/lines.js";
import { readShape } from "./file-shape.js";
import { TrueFalse } from "./nlvr2.js";
import { findNames } from "./results/fields.js";
import { readResults, requirePredictions } from "./results/read-results.js";
import type { InOrder, ResultsForm, ResultsOptions } from "./results/results-form.js";
import { SNLI_VE_LABELS } from "./snli-ve.js";
import { isPlainText } from "./translations.js";

/*
 * What a system said, task by task: the fields of the formats that the official programs take, and the names that others
 * give them. Ids are checked by alignPredictions.
 */

const PREDICTION_NAMES = [
  "prediction",
  "predicted",
  "pred",
  "text",
  "response",
  "output",
  "generated_text",
  "model_output",
  "output_text",
  "hypothesis",
  "hyp",
  "candidate",
];
/** Pictures by their files' names; see `matchIds`. */
const PICTURE_NAMES = ["image", "image_name", "image_file", "image_path", "file_name", "picture"];

/** A caption for an image. */
export interface CaptionPrediction {
  id: string;
  caption: string;
}

const CAPTIONS: ResultsForm<string> = {
  what: "caption",
  description: "COCO results: a JSON array (or JSON lines) of {image_id, caption}",
  id: {
    official: "image_id",
    others: [
      ["id", "img_id", ...PICTURE_NAMES],
      ["question_id", "index"],
    ],
  },
  text: {
    official: "caption",
    others: [["predicted_caption", "generated_caption", "pred_caption", "captions", "answer", ...PREDICTION_NAMES]],
  },
  value: z.string(),
};

/** Several captions of an image by one system. */
export interface CaptionSet {
  readonly id: string;
  readonly captions: readonly string[];
}

const CAPTION_SETS: ResultsForm<string | string[]> = {
  ...CAPTIONS,
  description:
    "captions, several an image: records of {image_id, caption} with repeated ids, or lists of captions by id",
  text: {
    official: "caption",
    others: [["captions", "samples", "beams", "candidates", "predictions", ...PREDICTION_NAMES]],
  },
  value: z.union([z.string(), z.array(z.string()).min(1)], "expected a caption, or a list of them"),
  takesLists: true,
};

/** An answer to a question. */
export interface VqaPrediction {
  id: string;
  answer: string;
}

/** An answer may be a number that nobody made a text. */
const Answer = z.union([z.string(), z.number().transform(String)], "expected a text or a number");

const ANSWERS: ResultsForm<string> = {
  what: "answer",
  description: "VQA results: a JSON array (or JSON lines) of {question_id, answer}",
  id: {
    official: "question_id",
    others: [
      ["id", "qid", "index"],
      ["image_id", ...PICTURE_NAMES],
    ],
  },
  text: {
    official: "answer",
    others: [["predicted_answer", "pred_answer", "pred_ans", "model_answer", ...PREDICTION_NAMES]],
  },
  value: Answer,
};

/** As DocVQA's server takes answers. */
const DOCUMENT_ANSWERS: ResultsForm<string> = {
  ...ANSWERS,
  description: "DocVQA results: a JSON array (or JSON lines) of {questionId, answer}",
  id: { official: "questionId", others: [["question_id", "id", "qid", "index"]] },
};

/**
 * As POPE's own program takes answers, in the order of the questions; and as LLaVA writes them, by ids of its own beside the
 * prompts. Pictures are asked about several times: they call no question.
 */
const POPE_ANSWERS: ResultsForm<string> = {
  ...ANSWERS,
  description:
    "POPE's answers: JSON lines of {question, answer} in the order of the questions, or of {question_id, answer}",
  id: { official: "question_id", others: [["id", "qid", "index"]] },
  isIdOptional: true,
  asked: ["question", "prompt"],
};

const CHOICE_NAMES = [["predicted_label", "pred_label", "answer", ...PREDICTION_NAMES]];

const STATEMENTS: ResultsForm<boolean> = {
  what: "prediction",
  description: "NLVR2 results: csv lines `identifier,True` or a JSON array (or JSON lines) of {identifier, prediction}",
  id: { official: "identifier", others: [["id"]] },
  text: { official: "prediction", others: CHOICE_NAMES },
  value: TrueFalse,
  isHeaderOptional: true,
};
/** Whether a statement is said to be true. */
export interface Nlvr2Prediction {
  id: string;
  label: boolean;
}

const Label = z.string().toLowerCase().pipe(z.enum(SNLI_VE_LABELS));

const PAIRS: ResultsForm<z.output<typeof Label>> = {
  what: "prediction",
  description: "SNLI-VE results: csv lines `pairID,label` or a JSON array (or JSON lines) of {pairID, prediction}",
  id: { official: "pairID", others: [["id"]] },
  text: { official: "prediction", others: CHOICE_NAMES },
  value: Label,
  isHeaderOptional: true,
};
/** The label said of a pair. */
export interface SnliVePrediction {
  id: string;
  label: z.output<typeof Label>;
}

const COMPLETIONS: ResultsForm<string> = {
  what: "completion",
  description: "completions: a JSON array (or JSON lines) of {id, completion}",
  id: { official: "id", others: [["image_id", ...PICTURE_NAMES]] },
  text: { official: "completion", others: [PREDICTION_NAMES] },
  value: z.string(),
};

const TRANSLATIONS: ResultsForm<string> = {
  what: "translation",
  description: "translations: plain text, one translation per line, or records of {prediction}",
  id: { official: "id", others: [["index", "line"]] },
  text: { official: "prediction", others: [["translation", "mt", "de", ...PREDICTION_NAMES]] },
  value: z.string(),
  isIdOptional: true,
};

/**
 * Translations by their ids or, without, by their numbers from 1.
 * @throws SimvlmError what {@link readResults} throws
 */
export async function readTranslationResults(
  path: string,
  options?: ResultsOptions,
): Promise<{ id: string; translation: string }[]> {
  const shape = await readShape(path);
  const names = shape.kind === "text" ? shape.keys.map((line) => line.replaceAll('"', "")) : Object.keys(shape.record);
  const isNamed = findNames(TRANSLATIONS.text, names).length > 0;
  if (isPlainText(shape) && !isNamed && !options?.columns) {
    const translations = (await readLines(path)).map((translation, i) => ({ id: String(i + 1), translation }));
    return requirePredictions(translations, path, TRANSLATIONS.description);
  }
  return (await readResults(path, TRANSLATIONS, options)).map(({ id, value: translation }) => ({ id, translation }));
}

/** @throws SimvlmError what {@link readResults} throws */
export async function readCaptionResults(path: string, options?: ResultsOptions): Promise<CaptionPrediction[]> {
  return (await readResults(path, CAPTIONS, options)).map(({ id, value: caption }) => ({ id, caption }));
}

/**
 * Captions of which an image may have several: in repeated records, or in lists.
 * @throws SimvlmError what {@link readResults} throws
 */
export async function readCaptionSets(path: string, options?: ResultsOptions): Promise<CaptionSet[]> {
  return (await readResults(path, CAPTION_SETS, options)).map(({ id, value }) => ({ id, captions: [value].flat() }));
}

/** @throws SimvlmError what {@link readResults} throws */
export async function readVqaResults(path: string, options?: ResultsOptions): Promise<VqaPrediction[]> {
  return (await readResults(path, ANSWERS, options)).map(({ id, value: answer }) => ({ id, answer }));
}

/** @throws SimvlmError what {@link readResults} throws */
export async function readDocumentResults(path: string, options?: ResultsOptions): Promise<VqaPrediction[]> {
  return (await readResults(path, DOCUMENT_ANSWERS, options)).map(({ id, value: answer }) => ({ id, answer }));
}

/**
 * Answers to POPE's questions, by their ids or in the order of the questions.
 * @throws SimvlmError what {@link readResults} throws
 */
export async function readPopeResults(
  path: string,
  options?: ResultsOptions,
): Promise<(VqaPrediction & { inOrder?: InOrder })[]> {
  return (await readResults(path, POPE_ANSWERS, options)).map(({ value: answer, ...rest }) => ({ ...rest, answer }));
}

/** @throws SimvlmError what {@link readResults} throws */
export async function readNlvr2Results(path: string, options?: ResultsOptions): Promise<Nlvr2Prediction[]> {
  return (await readResults(path, STATEMENTS, options)).map(({ id, value: label }) => ({ id, label }));
}

/** @throws SimvlmError what {@link readResults} throws */
export async function readSnliVeResults(path: string, options?: ResultsOptions): Promise<SnliVePrediction[]> {
  return (await readResults(path, PAIRS, options)).map(({ id, value: label }) => ({ id, label }));
}

/** @throws SimvlmError what {@link readResults} throws */
export async function readCompletions(
  path: string,
  options?: ResultsOptions,
): Promise<{ id: string; completion: string }[]> {
  return (await readResults(path, COMPLETIONS, options)).map(({ id, value: completion }) => ({ id, completion }));
}

/** Results as a JSON array on one line. */
export function formatJsonResults<P>(predictions: readonly P[], toRecord: (prediction: P) => object): string {
  return `${JSON.stringify(predictions.map(toRecord))}\n`;
}
