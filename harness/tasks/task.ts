import type { Prediction } from "./prediction.js";

export const TASK_NAMES = ["caption", "vqa", "nlvr2", "snli-ve", "translate", "complete"] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/**
 * What the encoder is shown of an example: its picture, the text that says the same (SNLI-VE's premise, the sentence to
 * be translated), both, or nothing, as a control. Prompts and questions are always shown.
 */
export const MODALITIES = ["image", "text", "both", "none"] as const;
export type Modality = (typeof MODALITIES)[number];

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** One example of any task, as the model is asked it; texts are not tokenised yet. */
export interface TaskExample {
  readonly id: string;
  /** Picture files: one; two for NLVR2; none where the encoder is shown none. */
  readonly images: readonly string[];
  /** The prompt, beside the picture; empty for none; absent: what the model is usually asked for captions with. */
  readonly prefix?: string;
  /** What is to be generated, in one of several wordings; empty for a classifier and where nobody knows. */
  readonly targets: readonly string[];
  /** A classifier's text in the decoder; it is read at its last token. */
  readonly statement?: string;
  /** A classifier's right answers: the score of each class, `[classes]`. Absent where nobody knows. */
  readonly classScores?: readonly number[];
}

/** How the answer is found: by decoding a text, or by a head that chooses among the classes. */
export type AnswerKind = "generate" | "classify";

/** The same for a whole series: what is asked, of which part of the data. */
export interface TaskSettings {
  readonly split: string;
  readonly modality: Modality;
  readonly answer: AnswerKind;
  /** Of captions; translations are into German. */
  readonly language: Language;
  /** Before a caption, in the encoder; default the language's. */
  readonly prompt?: string | undefined;
  /** Every example gets another's picture, the next one's that differs: a control of how much an answer depends on it. */
  readonly swapImages: boolean;
}

export const TASK_SETTING_DEFAULTS = { split: "test", language: "en", swapImages: false } as const;

/** The examples of a split. */
export interface TaskData {
  readonly examples: readonly TaskExample[];
  /** The data files that were read; images are named by the examples. */
  readonly files: readonly string[];
  /** What `simvlm score` takes as references of the predictions; absent where there is nothing to score against. */
  readonly references?: string | undefined;
  /** A classifier's answers, in the order of its classes; empty for a task that generates. */
  readonly classes: readonly string[];
}

/** A task: how its data become examples, and how its predictions are written down. */
export interface Task {
  readonly name: TaskName;
  /** What the encoder can be shown; the first is the default. */
  readonly modalities: readonly Modality[];
  /** How it can be answered; the first is the default. */
  readonly answers: readonly AnswerKind[];
  /** Pictures of one example, which a classifier looks at one after the other. */
  readonly passes: 1 | 2;
  /** Classes exclude each other (softmax), or several may be right to a degree (sigmoid). */
  readonly headLoss: "softmax" | "sigmoid";
  /** What one would say for a class: a fresh head starts from these words. Absent: the class itself. */
  sayClass?(label: string): string;
  /** Tokens of an answer at most, decoded. */
  readonly maxLength: number;
  /**
   * @param folder of the data set, `OUT/vqa` of a Toybox or one with the official files
   * @throws SimvlmError `missing-file`, and what the data set's reader throws
   */
  load(folder: string, settings: TaskSettings): Promise<TaskData>;
  /** Predictions as the field's tools and `simvlm score` read them. */
  formatResults(predictions: readonly Prediction[]): string;
  /** The name such a file has. */
  readonly resultsName: string;
}
