import { type MetricDefinition, type MetricExample, SimvlmError } from "@simvlm/metrics";
import type { FormatDescription } from "../formats/format.js";
import type { ResultsOptions } from "../formats/results/results-form.js";
import type { FilePrediction, Prediction } from "./prediction.js";
import type { TaskOption } from "./task-option.js";

/** What a task is called, on the command line and in manifests. */
export type TaskName = string;

/**
 * What the encoder is shown of an example: its picture, the text that says the same (SNLI-VE's premise, the sentence to
 * be translated), both, or nothing, as a control. Prompts and questions are always shown.
 */
export const MODALITIES = ["image", "text", "both", "none"] as const;
/** One of {@link MODALITIES}. */
export type Modality = (typeof MODALITIES)[number];

/** The languages captions can be asked for in. */
export const LANGUAGES = ["en", "de"] as const;
/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/** The ways an answer is found: by decoding a text, or by a head that chooses among the classes. */
export const ANSWER_KINDS = ["generate", "classify"] as const;
/** One of {@link ANSWER_KINDS}. */
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** What the predictions for an example are scored against, as far as anybody knows. */
export interface Truth extends Partial<Omit<MetricExample, "id" | "prediction" | "references">> {
  readonly id: string;
  /** What people wrote, or the right class alone. An example without references is not scored. */
  readonly references?: readonly string[] | undefined;
  /** The kinds of example it belongs to, by the name of the grouping: `{ domain: "in-domain" }`. */
  readonly groups?: Readonly<Record<string, string | undefined>> | undefined;
  /** The question, statement or sentence, for people to read; absent where all examples are asked the same. */
  readonly asked?: string | undefined;
}

/** One example of any task, as the model is asked it; texts are not tokenised yet. */
export interface TaskExample extends Truth {
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

/** What is loaded, from where. */
export interface LoadSettings extends TaskSettings {
  /** The folder that the pictures lie in, where it is another than the data set's own. */
  readonly images?: string | undefined;
}

/** What settings are where nothing is said; the task says the rest. */
export const TASK_SETTING_DEFAULTS = { split: "test", language: "en", swapImages: false } as const;

/** Settings of which any may be missing. */
export type GivenSettings = { readonly [Key in keyof TaskSettings]?: TaskSettings[Key] | undefined };

/** What an annotations file says of the right answers. */
export interface ReferenceSet {
  readonly examples: readonly Truth[];
  /** Ids that may be predicted although they are not examples: SNLI-VE's pairs on which people disagree. */
  readonly ignored?: readonly string[];
  /** The ids of pictures that nobody described and questions that nobody answered, where others are: not examples. */
  readonly unreferenced?: readonly string[];
  /** The ids of examples that were left out because their pictures cannot be looked at. */
  readonly unpictured?: readonly string[];
  /** Word lists for metrics, by name: `synonyms`. */
  readonly tables?: Readonly<Record<string, unknown>> | undefined;
  /** What the file was taken for. */
  readonly format?: Pick<FormatDescription, "name" | "isOfficial">;
}

/** The examples of a split. */
export interface TaskData extends ReferenceSet {
  readonly examples: readonly TaskExample[];
  /** The data files that were read; images are named by the examples. */
  readonly files: readonly string[];
  /** Which of the files has the right answers; absent where there is nothing to score against. */
  readonly references?: string | undefined;
  /** A classifier's answers, in the order of its classes; empty for a task that generates. */
  readonly classes: readonly string[];
  /** A file beside the data that says what the pictures show (Toybox): comparisons hold captions against it. */
  readonly facts?: string | undefined;
  /** The folder that pictures are named from; absent where they lie in the data files, or there are none. */
  readonly imageRoot?: string | undefined;
}

/** What is said of an annotations file beside its name. */
export interface ReferenceOptions {
  /** The file that has the questions, where the annotations have none. */
  readonly questions?: string | undefined;
  /** The file that says what the pictures show, where the annotations do not. */
  readonly instances?: string | undefined;
  /** The file that says what objects are called. */
  readonly synonyms?: string | undefined;
  /** Which split is meant, of a file that holds several. */
  readonly split?: string | undefined;
  /** The folder that the pictures lie in; where it is not said, pictures are the names that the annotations have. */
  readonly images?: string | undefined;
}

/** How examples are sorted into groups that have scores of their own. */
export interface Grouping {
  /** Which of {@link Truth.groups}; also the heading of tables. */
  readonly by: string;
  /** Groups that come first, in this order; the others follow by alphabet. */
  readonly order?: readonly string[];
  /**
   * The field of the scores that gives the main score of each group: `perAnswerType`. Absent: the groups stand in the
   * report with all scores, intervals and signatures.
   */
  readonly summary?: string;
}

/** An answer in free words, as the task reads it; or why it is none. */
export type Reading = { readonly prediction: string } | { readonly error: string };

/** A classifier on top of a model, as a task needs it. */
export interface TaskHead {
  /** Pictures of one example, which the model looks at one after the other. */
  readonly passes: 1 | 2;
  /** Classes exclude each other (softmax), or several may be right to a degree (sigmoid). */
  readonly loss: "softmax" | "sigmoid";
  /** What one would say for a class: a fresh head starts from these words. Absent: the class itself. */
  sayClass?(label: string): string;
}

/**
 * A task, whole: how its data become examples, what is asked, how answers are read, written and scored. It is data:
 * whoever defines one elsewhere, with another copy of this package or with none, defines the same thing.
 */
export interface Task {
  readonly kind: "task";
  readonly name: TaskName;

  /** What the encoder can be shown; the first is the default. */
  readonly modalities: readonly Modality[];
  /** How it can be answered; the first is the default. A task that is never generated has its classes as only answers. */
  readonly answers: readonly AnswerKind[];
  /** What a classifier for it is like; absent for a task that is only generated. */
  readonly head?: TaskHead;
  /** Tokens of an answer at most, decoded. */
  readonly maxLength: number;
  /** The command-line options that mean something here; default none. */
  readonly options?: readonly TaskOption[];

  /**
   * @param folder of the data set, `OUT/vqa` of a Toybox or one with the official files
   * @throws SimvlmError `missing-file`, and what the data set's reader throws
   */
  load(folder: string, settings: LoadSettings): Promise<TaskData>;
  /**
   * The right answers from an official annotations file alone, to score a file of predictions. Absent: the task has no
   * official format, and is scored as part of a run only.
   * @throws SimvlmError what the data set's reader throws
   */
  readReferences?(path: string, more?: ReferenceOptions): Promise<ReferenceSet>;
  /** The splits that a data set's folder has files of, as far as their names show. */
  listSplits?(folder: string): Promise<readonly string[]>;

  /** What a chat model is told beside the pictures. An answer must come alone, since it is scored as it stands. */
  instruct(example: Pick<TaskExample, "prefix" | "statement">, settings: TaskSettings): string;
  /** What a chat model's words amount to; default: the one class they name, or the words as they stand. */
  readAnswer?(words: string, data: TaskData): Reading;

  /** Predictions as the field's tools read them. */
  formatResults(predictions: readonly Prediction[]): string;
  /**
   * Predictions in that format, or in whichever others the task recognises.
   * @throws SimvlmError `empty-predictions`, and what is wrong with the file
   */
  readResults(path: string, options?: ResultsOptions): Promise<FilePrediction[]>;
  /** The name such a file has. */
  readonly resultsName: string;
  /** The results file has no ids: its n-th line belongs to the n-th example. */
  readonly resultsInOrder?: boolean;

  /** What scores predictions, in the order in which scores are told. */
  readonly metrics: readonly MetricDefinition[];
  /** What else of the built-in metrics such predictions are scored with by whoever asks for all; default: every one. */
  readonly furtherMetrics?: readonly MetricDefinition[];
  /** What one looks at first: the score that examples are sorted by. */
  readonly mainScore: string;
  /** What of a prediction is scored, where it is not all of it: a translation on one line. */
  scoredText?(prediction: string): string;
  /** The first is what comparisons are by. */
  readonly groupings?: readonly Grouping[];
  /** What a user should know of the data, such as captions that break the reference program. */
  warn?(examples: readonly MetricExample[]): string[];
  /** Stands below tables of scores. */
  readonly scoreNote?: string;
  /** Comparisons also count the texts that are not the first run's: whether a completion follows the picture. */
  readonly countsChanges?: boolean;
  /** Settings that the right answers depend on: runs with different ones are not compared. */
  readonly sharedSettings?: readonly (keyof TaskSettings)[];
}

/** A task as a definition; `kind` is filled in, nothing else happens. */
export function defineTask(definition: Omit<Task, "kind">): Task {
  return { kind: "task", ...definition };
}

/**
 * Settings with what was not given filled in.
 * @throws SimvlmError `bad-option` for a modality or a kind of answer that the task does not know
 */
export function completeSettings(task: Task, given: GivenSettings = {}): TaskSettings {
  const modality = given.modality ?? task.modalities[0]!;
  const answer = given.answer ?? task.answers[0]!;
  requireOneOf(task, "modality", modality, task.modalities);
  requireOneOf(task, "answer", answer, task.answers);
  return { ...TASK_SETTING_DEFAULTS, ...defined(given), modality, answer };
}

/** How a model without any classifier answers: a task that can only be classified has its classes named in words. */
export function generatedIfPossible({ answers }: Task): AnswerKind | undefined {
  return answers.includes("generate") ? "generate" : undefined;
}

function requireOneOf(task: Task, what: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new SimvlmError(
    "bad-option",
    `The task ${task.name} has no ${what} "${value}": it is one of ${known.join(", ")}.`,
  );
}

function defined(given: GivenSettings): Partial<TaskSettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
