import { normalizeAnswer, vqaAccuracyMetric } from "@simvlm/metrics";
import { officialId } from "../formats/ids.js";
import { formatJsonResults, readVqaResults } from "../formats/results.js";
import { findImageRoot, findOptionalSplitFile, findSplitFile } from "../formats/split-files.js";
import { readAnswerList, readVqa, type VqaAnswer, type VqaExample } from "../formats/vqa.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";

const QUESTIONS = [
  "questions-SPLIT.json",
  "v2_OpenEnded_mscoco_SPLIT2014_questions.json",
  "v2_OpenEnded_mscoco_SPLIT2015_questions.json",
  "SPLIT_questions_vqa_format.json",
  "questions.json",
];
const ANNOTATIONS = [
  "annotations-SPLIT.json",
  "v2_mscoco_SPLIT2014_annotations.json",
  "SPLIT_annotations_vqa_format.json",
  "annotations.json",
];
const ANSWER_LISTS = ["answers.json", "trainval_label2ans.json"];

/** So many of the ten people make an answer entirely right. */
const AGREEMENT = 3;

/**
 * VQA v2 (paper §4.1, A.2): by a classifier, the picture in the encoder and the question in the decoder; or open-ended,
 * picture and question in the encoder, the answer generated.
 */
export const vqaTask = defineTask({
  name: "vqa",
  modalities: ["image", "none"],
  answers: ["classify", "generate"],
  head: { passes: 1, loss: "sigmoid" },
  maxLength: 10,
  options: ["open-ended", "questions"],
  async load(folder, settings) {
    const { split, modality, answer } = settings;
    const questions = findSplitFile(folder, split, QUESTIONS);
    const annotations = findOptionalSplitFile(folder, split, ANNOTATIONS);
    const asked = await readVqa(annotations === undefined ? { questions } : { annotations, questions }, {
      imageRoot: findImageRoot(folder, split),
    });
    const list = answer === "classify" ? findOptionalSplitFile(folder, split, ANSWER_LISTS) : undefined;
    const classes = list === undefined ? [] : await readAnswerList(list);
    const examples = asked.map((example) => {
      const { file, question = "", answers } = example;
      return {
        ...truthOf(example),
        images: imagesOf(modality, file),
        ...(question !== "" && { asked: question }),
        ...(answer === "generate"
          ? { prefix: question, targets: usualAnswers(answers) }
          : {
              prefix: "",
              targets: [],
              statement: question,
              ...(answers.length > 0 && { classScores: softScores(answers, classes) }),
            }),
      };
    });
    return {
      examples: swapImages(examples, settings),
      files: [questions, annotations, list].filter((file) => file !== undefined),
      classes,
      ...(annotations !== undefined && { references: annotations }),
    };
  },
  async readReferences(path, { questions } = {}) {
    return { examples: (await readVqa({ annotations: path, questions })).map(truthOf) };
  },
  instruct: ({ prefix = "", statement = prefix }) =>
    `${statement}\nAnswer with one word, a number or a very short phrase, in lower case, and nothing else.`,
  formatResults: (predictions) =>
    formatJsonResults(predictions, ({ id, prediction }) => ({ question_id: officialId(id), answer: prediction })),
  readResults: async (path, options) =>
    (await readVqaResults(path, options)).map(({ id, answer }) => ({ id, prediction: answer })),
  resultsName: "results.json",
  metrics: [vqaAccuracyMetric],
  mainScore: "accuracy",
  groupings: [
    { by: "answer type", summary: "perAnswerType" },
    { by: "question type", summary: "perQuestionType" },
  ],
});

/** Nothing but the id where nobody has answered. */
function truthOf({ id, imageId, answers, answerType, questionType }: VqaExample): Truth {
  if (answers.length === 0) return { id };
  return {
    id,
    references: answers.map(({ answer }) => answer),
    answers,
    cluster: imageId,
    groups: { "answer type": answerType, "question type": questionType },
  };
}

/** What most people say; all of those that equally many say. */
function usualAnswers(answers: readonly VqaAnswer[]): string[] {
  const counts = countAnswers(answers);
  const most = Math.max(0, ...counts.values());
  return [...counts].flatMap(([answer, count]) => (count === most ? [answer] : []));
}

/** How right each class is: the share of `AGREEMENT` people that gave it, 1 at most. */
function softScores(answers: readonly VqaAnswer[], classes: readonly string[]): number[] {
  const counts = countAnswers(answers);
  return classes.map((answer) => Math.min(1, (counts.get(answer) ?? 0) / AGREEMENT));
}

function countAnswers(answers: readonly VqaAnswer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { answer } of answers) {
    const normal = normalizeAnswer(answer);
    counts.set(normal, (counts.get(normal) ?? 0) + 1);
  }
  return counts;
}
