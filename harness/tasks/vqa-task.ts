import { normalizeAnswer, vqaAccuracyMetric } from "@simvlm/metrics";
import { hasReference } from "../formats/captions.js";
import { type DataFileNames, findDataFiles, findOptionalDataFile, listSplits } from "../formats/data-files.js";
import { readShape } from "../formats/file-shape.js";
import { officialId } from "../formats/ids.js";
import { findPictures, locate, namesOf } from "../formats/picture-folder.js";
import { isVqaQuestions, QUESTION_FORMATS, readQuestions } from "../formats/read-questions.js";
import { formatJsonResults, readVqaResults } from "../formats/results.js";
import { readAnswerList, readVqa, VQA_FORMAT, type VqaAnswer, type VqaExample } from "../formats/vqa.js";
import { imagesOf, swapImages } from "./shown-images.js";
import { defineTask, type Truth } from "./task.js";
import { settleReferences } from "./unreferenced.js";

const QUESTIONS: DataFileNames = {
  names: [
    "questions-SPLIT.json",
    "v2_OpenEnded_mscoco_SPLIT2014_questions.json",
    "v2_OpenEnded_mscoco_SPLIT2015_questions.json",
    "OpenEnded_mscoco_SPLIT2014_questions.json",
    "SPLIT_questions_vqa_format.json",
    "questions.json",
    ...["SPLIT.json", "SPLIT.jsonl", "SPLIT.csv", "SPLIT.tsv", "vqa_SPLIT.json", "okvqa_SPLIT.json"],
    ...["TextVQA_0.5.1_SPLIT.json", "aokvqa_v1p0_SPLIT.json", "aokvqa_SPLIT.json", "textvqa_SPLIT.json"],
    ...["SPLIT_balanced_questions.json", "gqa_SPLIT.json", "vizwiz_SPLIT.json"],
  ],
  matches: (shape) => QUESTION_FORMATS.some((format) => format.matches(shape)) && shape.list !== "annotations",
  parquet: true,
};
const ANNOTATIONS = [
  "annotations-SPLIT.json",
  "v2_mscoco_SPLIT2014_annotations.json",
  "mscoco_SPLIT2014_annotations.json",
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
    const files = await findDataFiles(folder, split, QUESTIONS);
    const shapes = await Promise.all(files.map(readShape));
    const annotations = isVqaQuestions(shapes[0]!) ? findOptionalDataFile(folder, split, ANNOTATIONS) : undefined;
    const read =
      annotations === undefined
        ? await readQuestions(shapes, { split })
        : { examples: await readVqa({ annotations, questions: files[0]! }), format: VQA_FORMAT };
    const { examples: asked, isScorable, unreferenced } = settleReferences(read.examples, isAnswered);
    const pictures = await findPictures(namesOf(asked), { folder, split, images: settings.images });
    const list = answer === "classify" ? findOptionalDataFile(folder, split, ANSWER_LISTS) : undefined;
    const classes = list === undefined ? [] : await readAnswerList(list);
    const examples = asked.map((example) => {
      const { question = "", answers } = example;
      return {
        ...truthOf(example),
        images: imagesOf(modality, locate(example, pictures, files[0]!)),
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
      unreferenced,
      format: read.format,
      files: [...files, annotations, list].filter((file) => file !== undefined),
      classes,
      ...(isScorable && { references: annotations ?? files[0] }),
      imageRoot: pictures.root,
    };
  },
  listSplits: (folder) => listSplits(folder, QUESTIONS),
  async readReferences(path, { questions, split } = {}) {
    const read =
      questions === undefined
        ? await readQuestions([await readShape(path)], { split })
        : { examples: await readVqa({ annotations: path, questions }), format: VQA_FORMAT };
    const settled = settleReferences(read.examples, isAnswered);
    return {
      examples: settled.examples.map(truthOf),
      unreferenced: settled.isScorable ? settled.unreferenced : read.examples.map(({ id }) => id),
      format: read.format,
    };
  },
  instruct: ({ prefix = "", statement = prefix }) =>
    `${statement}\nAnswer with one word, a number or a very short phrase, in lower case, and nothing else.`,
  formatResults: (predictions) =>
    formatJsonResults(predictions, ({ id, prediction }) => ({ question_id: officialId(id), answer: prediction })),
  readResults: async (path, options) =>
    (await readVqaResults(path, options)).map(({ id, answer }) => ({ id, prediction: answer })),
  resultsName: "results.json",
  metrics: [vqaAccuracyMetric],
  furtherMetrics: [],
  mainScore: "accuracy",
  groupings: [
    { by: "answer type", summary: "perAnswerType" },
    { by: "question type", summary: "perQuestionType" },
  ],
});

const isAnswered = ({ answers }: VqaExample): boolean => hasReference(answers.map(({ answer }) => answer));

/** Nothing but the id where nobody has answered. */
function truthOf(example: VqaExample): Truth {
  const { id, imageId, answers, answerType, questionType } = example;
  if (!isAnswered(example)) return { id };
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
  const enough = answers.every(({ alone }) => alone) ? 1 : AGREEMENT;
  return classes.map((answer) => Math.min(1, (counts.get(answer) ?? 0) / enough));
}

function countAnswers(answers: readonly VqaAnswer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { answer } of answers) {
    const normal = normalizeAnswer(answer);
    counts.set(normal, (counts.get(normal) ?? 0) + 1);
  }
  return counts;
}
