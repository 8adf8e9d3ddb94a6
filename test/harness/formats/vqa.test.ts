import { join } from "node:path";
import { expect, test } from "vitest";
import { readAnswerList, readVqa } from "../../../harness/formats/vqa.js";
import { temporaryFiles } from "../files/temporary.js";
import { fixture } from "./fixture.js";

const write = temporaryFiles();
const files = { annotations: fixture("vqa-annotations.json"), questions: fixture("vqa-questions.json") };

test("VQA: annotations in their order, with their questions and images", async () => {
  const examples = await readVqa(files, { imageRoot: "images" });
  expect(examples.map(({ answers, ...rest }) => ({ ...rest, answers: answers.length }))).toEqual([
    {
      id: "42001",
      imageId: "42",
      file: join("images", "COCO_val2014_000000000042.jpg"),
      question: "Is it raining?",
      questionType: "is it",
      answerType: "yes/no",
      answers: 10,
    },
    {
      id: "42000",
      imageId: "42",
      file: join("images", "COCO_val2014_000000000042.jpg"),
      question: "What is on the plate?",
      questionType: "what is",
      answerType: "other",
      answers: 10,
    },
  ]);
  expect(examples[0]!.answers[9]).toEqual({ answer: "yes", answer_confidence: "yes", answer_id: 10 });
});

test("VQA: annotations alone have no questions, questions alone no answers", async () => {
  const { questions, annotations } = files;
  expect((await readVqa({ annotations })).map(({ id, file, question }) => [id, file, question])).toEqual([
    ["42001", "COCO_val2014_000000000042.jpg", undefined],
    ["42000", "COCO_val2014_000000000042.jpg", undefined],
  ]);
  expect((await readVqa({ questions })).map(({ id, question, answers }) => [id, question, answers])).toEqual([
    ["42000", "What is on the plate?", []],
    ["42001", "Is it raining?", []],
  ]);
});

test("OK-VQA keeps the raw answer", async () => {
  const [example] = await readVqa({ annotations: fixture("okvqa-annotations.json") });
  expect(example!.answers[0]).toEqual({ answer: "race", raw_answer: "racing", answer_confidence: "yes", answer_id: 1 });
});

test("VizWiz: the image id is the file name; no answer type, no answer ids", async () => {
  const annotations = fixture("vizwiz-annotations.json");
  const questions = fixture("vizwiz-questions.json");
  const [example] = await readVqa({ annotations, questions }, { imageRoot: "val" });
  expect(example).toMatchObject({
    id: "9999",
    imageId: "VizWiz_val_00009999.jpg",
    file: join("val", "VizWiz_val_00009999.jpg"),
    question: "Which tin is this?",
    questionType: "unanswerable",
  });
  expect(example!.answerType).toBeUndefined();
  expect(example!.answers[9]).toEqual({ answer: "beans", answer_confidence: "maybe" });
});

const answered = { question_id: 1, image_id: 2, answers: [{ answer: "a" }] };
const asked = { question_id: 1, image_id: 2, question: "?" };

test.each([
  ["test-dev2015", 2, "COCO_test2015_000000000002.jpg"],
  ["train2014", "2", "COCO_train2014_000000000002.jpg"],
  [undefined, 2, undefined],
])("subset %s, image %j: file %s", async (data_subtype, image_id, file) => {
  const questions = write("questions.json", JSON.stringify({ data_subtype, questions: [{ ...asked, image_id }] }));
  expect(await readVqa({ questions })).toEqual([{ id: "1", imageId: "2", file, question: "?", answers: [] }]);
});

test("the image id may be in the questions file only, or nowhere", async () => {
  const { image_id: _, ...bare } = answered;
  const annotations = write("bare.json", JSON.stringify({ data_subtype: "val2014", annotations: [bare] }));
  const questions = write("questions.json", JSON.stringify({ questions: [asked] }));
  expect((await readVqa({ annotations, questions }))[0]!.file).toBe("COCO_val2014_000000000002.jpg");
  expect((await readVqa({ annotations }))[0]).toEqual({ id: "1", answers: [{ answer: "a" }] });
});

test.each([
  [
    "an answer that is no text",
    [{ ...answered, answers: [{ answer: null }] }],
    "wrong-schema",
    "annotations[0].answers[0].answer: expected a text or a number",
  ],
  ["a question twice", [answered, answered], "duplicate-id", "more than one example with id 1."],
  [
    "an unknown question",
    [{ ...answered, question_id: 9 }],
    "unknown-question",
    "annotations.json: question 9 is not in ",
  ],
  [
    "an image elsewhere",
    [{ ...answered, image_id: "../x.jpg" }],
    "unsafe-path",
    'annotations.json: question 1: the file name "../x.jpg"',
  ],
  ["nothing", [], "empty-file", "annotations.json has no examples"],
])("%s is refused", async (_, rows, code, message) => {
  const annotations = write("annotations.json", JSON.stringify({ annotations: rows }));
  const questions = write("questions.json", JSON.stringify({ questions: [asked] }));
  const reading = readVqa({ annotations, questions });
  await expect(reading).rejects.toMatchObject({ code });
  await expect(reading).rejects.toThrow(message);
});

test("a question that nobody answered is an example without answers, with an annotation or without", async () => {
  const annotations = write(
    "annotations.json",
    JSON.stringify({ annotations: [answered, { ...answered, question_id: 3, answers: [] }] }),
  );
  const questions = write(
    "questions.json",
    JSON.stringify({ questions: [asked, { ...asked, question_id: 2 }, { ...asked, question_id: 3 }] }),
  );
  const read = await readVqa({ annotations, questions });
  expect(read.map(({ id, answers }) => [id, answers.length])).toEqual([
    ["1", 1],
    ["3", 0],
    ["2", 0],
  ]);
});

test("a classifier's answers keep their order, the empty one too", async () => {
  expect(await readAnswerList(write("answers.json", '["", "net"]'))).toEqual(["", "net"]);
  await expect(readAnswerList(write("answers.json", '{"net": 0}'))).rejects.toMatchObject({ code: "wrong-schema" });
});
