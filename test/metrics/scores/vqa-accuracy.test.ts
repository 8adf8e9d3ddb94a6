import {
  type AnsweredQuestion,
  createMetricInput,
  evaluateMetric,
  groupExamples,
  type HumanAnswer,
  selectGroups,
  vqaAccuracy,
  vqaAccuracyMetric,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";

/** Answers as VQA v2 has them, each with its id. */
function withIds(answers: readonly string[]): HumanAnswer[] {
  return answers.map((answer, i) => ({ answer, answer_confidence: "yes", answer_id: i + 1 }));
}

/** Ten people, of whom those at the given places say "red", all others "blue". */
function tenPeople(red: readonly number[]): string[] {
  return Array.from({ length: 10 }, (_, i) => (red.includes(i) ? "red" : "blue"));
}

function score(prediction: string, answers: readonly HumanAnswer[]): number {
  return vqaAccuracy([prediction], [{ answers }]).perExample.accuracy[0]!;
}

describe("ten people who do not agree", () => {
  test.each([
    [[], "green", 0],
    [[0], "red", 0.3],
    [[0, 1], "red", 0.6],
    // the sum runs in the order of the answers, and the rounding of each addition stays in the number
    [[3, 4], "red", 0.6000000000000001],
    [[7, 8], "red", 0.5999999999999999],
    [[0, 1, 2], "red", 0.9],
    [[0, 1, 9], "red", 0.8999999999999998],
    [[0, 1, 2, 3], "red", 1],
    [[0, 1, 2, 3], "blue", 1],
  ])("those at %j say red: %s scores %d", (red, prediction, accuracy) => {
    expect(score(prediction, withIds(red.length === 0 ? ["blue", "red"] : tenPeople(red)))).toBe(100 * accuracy);
  });

  test.each([
    ["Red.", ["red", "the red", "RED!", "blue"], (3 * (2 / 3) + 1) / 4],
    ["2", ["two", "2", "Two", "2.", "three"], 1],
    ["cant", ["can't", "cant", "can not", "can't", "cant"], 1],
    ["yes\n", ["yes ", "\tyes", "yes", "no"], (3 * (2 / 3) + 1) / 4],
  ] as const)("both sides are normalised: %j", (prediction, answers, accuracy) => {
    expect(score(prediction, withIds(answers))).toBeCloseTo(100 * accuracy, 10);
  });
});

describe("people who all agree", () => {
  const yes = withIds(new Array<string>(10).fill("yes"));

  test.each([
    ["yes", 100],
    [" yes\t", 100], // white space is cleaned before the comparison
    ["Yes", 0],
    ["yes.", 0],
    ["no", 0],
  ])("want that very string: %j", (prediction, expected) => {
    expect(score(prediction, yes)).toBe(expected);
  });

  test("their answer is not normalised either", () => {
    const answers = withIds(new Array<string>(10).fill("The Dog."));
    expect(score("The Dog.", answers)).toBe(100);
    expect(score("dog", answers)).toBe(0);
  });
});

describe("answers without ids, as in VizWiz", () => {
  const answer = (text: string, confidence: string) => ({ answer: text, answer_confidence: confidence });

  test("equal records do not support each other", () => {
    const answers = [...new Array(3).fill(answer("red", "yes")), ...new Array(7).fill(answer("blue", "yes"))];
    expect(score("red", answers)).toBeCloseTo(100 * (7 / 10), 10); // ids would give 0.9
    expect(score("red", withIds(tenPeople([0, 1, 2])))).toBeCloseTo(90, 10);
  });

  test("records with another confidence do", () => {
    const answers = [
      answer("red", "yes"),
      answer("red", "yes"),
      answer("red", "maybe"),
      ...new Array(7).fill(answer("blue", "no")),
    ];
    expect(score("red", answers)).toBeCloseTo((100 * (2 * (1 / 3) + 2 / 3 + 7)) / 10, 10);
  });

  test("records are compared after normalising, in any order of their fields", () => {
    const same = [
      { answer: "Red", answer_confidence: "yes", source: "phone" },
      { source: "phone", answer_confidence: "yes", answer: "red." },
      answer("blue", "yes"),
    ];
    expect(score("red", same)).toBeCloseTo((100 * (0 + 0 + 2 / 3)) / 3, 10);
  });

  test("ten equal records give 0 even to the answer they hold", () => {
    expect(score("yes", new Array(10).fill(answer("yes", "yes")))).toBe(0);
  });

  test("an id that two answers share does not tell them apart", () => {
    const answers = withIds(["red", "red", "blue"]).map((human) => ({ ...human, answer_id: 1 }));
    expect(score("red", answers)).toBeCloseTo((100 * (2 / 3)) / 3, 10);
  });
});

test("accuracy by types is rounded to two decimals as the official code rounds", () => {
  const [right, wrong] = ["yes", "no"];
  const answers = withIds(new Array<string>(10).fill("yes"));
  const question = (answerType?: string, questionType?: string): AnsweredQuestion => ({
    answers,
    answerType,
    questionType,
  });
  const questions = [
    question("yes/no", "is the"),
    question("yes/no", "is the"),
    question("yes/no", "__proto__"),
    question("other", "what"),
    question(),
  ];
  const result = vqaAccuracy([right, right, wrong, wrong, right], questions);
  expect(result.scores).toEqual({ accuracy: 60 });
  expect(result.perAnswerType).toEqual({ "yes/no": 66.67, other: 0 });
  expect(Object.entries(result.perQuestionType)).toEqual([
    ["is the", 100],
    ["__proto__", 0],
    ["what", 0],
  ]);
});

describe("as a definition", () => {
  /** Sixteen questions whose accuracies add up to just below a tie; the percentages add up to just that tie. */
  const red = [[0], [0, 1, 9], [0, 1], [7, 8], [], [7, 8], [], [0], [3, 4], [7, 8], [0], [3, 4], [0], [], [], [0, 1]];
  const questions = [...red, [0, 1, 2, 3]].map((places, i) => ({
    answers: withIds(tenPeople(places)),
    answerType: i < 16 ? "other" : "number",
    questionType: i % 3 === 0 ? undefined : `what ${i % 5}`,
    imageId: i % 7,
  }));
  const examples = questions.map(({ answers, imageId }, i) => ({
    id: `${i}`,
    prediction: "red",
    references: answers.map(({ answer }) => answer),
    answers,
    cluster: `${imageId}`,
  }));
  const expected = vqaAccuracy(
    questions.map(() => "red"),
    questions,
  );

  test("it gives the same", async () => {
    const result = await evaluateMetric(vqaAccuracyMetric, createMetricInput(examples));
    expect(result.metric).toBe("VQA accuracy");
    expect(result.scores).toEqual(expected.scores);
    expect(result.statistics).toEqual(expected.statistics);
    expect(result.perExample.accuracy).toEqual(expected.perExample.accuracy);
    expect(result.clusters).toEqual(expected.clusters);
    expect(result.signature).toBe(expected.signature);
  });

  test("groups are added up and rounded as the official code does it", async () => {
    const result = await evaluateMetric(vqaAccuracyMetric, createMetricInput(examples));
    const scoreGroups = (types: readonly (string | undefined)[]) =>
      Object.fromEntries(
        selectGroups([result], groupExamples(types)).map(({ name, results }) => [name, results[0]!.scores.accuracy]),
      );
    const byAnswerType = scoreGroups(questions.map(({ answerType }) => answerType));
    expect(byAnswerType).toEqual({ number: 100, other: 39.37 });
    expect(byAnswerType).toEqual(expected.perAnswerType);
    expect(scoreGroups(questions.map(({ questionType }) => questionType))).toEqual(expected.perQuestionType);
    // the sum of the percentages is 630, and 630 / 16 = 39.375 would be rounded up
    const others = expected.perExample.accuracy.slice(0, 16);
    expect(others.reduce((sum, percent) => sum + percent, 0) / 16).toBe(39.375);
    // a group of a group
    const [whole] = selectGroups([result], [{ name: "whole", rows: Int32Array.from(questions, (_, i) => 16 - i) }]);
    const [turned] = selectGroups(whole!.results, [{ name: "number", rows: Int32Array.of(0) }]);
    expect(turned!.results[0]!.scores).toEqual({ accuracy: 100 });
  });
});

test("questions of one image form a cluster, those without an image stand alone", () => {
  const answers = withIds(["a"]);
  const images = [7, "x", 7, undefined, undefined, "x"];
  const { clusters } = vqaAccuracy(
    images.map(() => "a"),
    images.map((imageId) => ({ answers, imageId })),
  );
  expect([...clusters!]).toEqual([0, 1, 0, 2, 3, 1]);
});

test("bad input is refused", () => {
  expect(() => vqaAccuracy(["a"], [])).toThrow(expect.objectContaining({ code: "length-mismatch" }));
  expect(() => vqaAccuracy(["a", "b"], [{ answers: withIds(["a"]) }, { answers: [] }])).toThrow(
    expect.objectContaining({ code: "no-references", message: expect.stringContaining("question 2") }),
  );
});

test("the signature names the evaluation and its rule", () => {
  expect(vqaAccuracy([], []).signature).toMatch(
    /^VQA-accuracy\|eval:a013f00\|normalisation:unless-unanimous\|version:/,
  );
});
