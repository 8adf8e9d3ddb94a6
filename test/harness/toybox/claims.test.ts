import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { type Claim, judge, sayClaim } from "../../../harness/toybox/claims.js";
import { drawPairs } from "../../../harness/toybox/datasets/write-snli-ve.js";
import { drawQuestions } from "../../../harness/toybox/datasets/write-vqa.js";
import { ANSWER_CLASSES, HELD_OUT_ANSWERS, OTHER_ANSWERS } from "../../../harness/toybox/questions/answers.js";
import type { Noun, SaidRelationName } from "../../../harness/toybox/world/facts.js";
import type { Color } from "../../../harness/toybox/world/kinds.js";
import type { Scene } from "../../../harness/toybox/world/scene.js";

const open: Scene = {
  background: "day",
  groups: [
    { kind: "dog", color: "red", size: "small", count: 1 },
    { kind: "house", color: "blue", size: "big", count: 1 },
    { kind: "apple", color: "green", size: "small", count: 3 },
  ],
  relations: [
    { name: "on", subject: 0, object: 1 },
    { name: "left", subject: 2, object: 1 },
  ],
};
const hiding: Scene = {
  background: "day",
  groups: [
    { kind: "present", color: "pink", size: "small", count: 1 },
    { kind: "cat", color: "black", size: "big", count: 1 },
  ],
  relations: [{ name: "left", subject: 0, object: 1 }],
};
const is = (noun: Noun, color?: Color, count = 1): Claim => ({ thing: { noun, color, count } });
const stands = (noun: Noun, name: SaidRelationName, object: Noun): Claim => ({
  thing: { noun, count: 1 },
  relation: { name, object: { noun: object, count: 1 } },
});

describe("judge", () => {
  test.each<[string, Scene, Claim, string | undefined]>([
    ["a dog", open, is("dog"), "true"],
    ["a red dog", open, is("dog", "red"), "true"],
    ["a blue dog", open, is("dog", "blue"), "false"],
    ["an animal", open, is("animal"), "true"],
    ["a vehicle", open, is("vehicle"), "false"],
    ["an apple among three", open, is("apple"), "true"],
    ["two apples of three", open, is("apple", undefined, 2), undefined],
    ["three apples", open, is("apple", undefined, 3), "true"],
    ["two dogs", open, is("dog", undefined, 2), "false"],
    ["a dog on a house", open, stands("dog", "on", "house"), "true"],
    ["a dog above a house", open, stands("dog", "above", "house"), "true"],
    ["a house below a dog", open, stands("house", "below", "dog"), "true"],
    ["a dog left of a house", open, stands("dog", "left", "house"), "false"],
    ["a house right of an apple", open, stands("house", "right", "apple"), "true"],
    ["an apple left of a dog: nobody said", open, stands("apple", "left", "dog"), undefined],
    ["a cat left of a house", open, stands("cat", "left", "house"), "false"],
    ["a cat", hiding, is("cat"), "true"],
    ["a dog in a present", hiding, is("dog"), "maybe"],
    ["a white cat in a present", hiding, is("cat", "white"), "maybe"],
    ["two cats, one hidden", hiding, is("cat", undefined, 2), "maybe"],
    ["three cats, one hidden", hiding, is("cat", undefined, 3), "false"],
    ["a dog left of a cat", hiding, stands("dog", "left", "cat"), "maybe"],
    ["a cat right of a dog", hiding, stands("cat", "right", "dog"), "maybe"],
    ["a dog right of a cat", hiding, stands("dog", "right", "cat"), "false"],
  ])("%s", (_, scene, claim, expected) => {
    expect(judge(claim, scene)).toBe(expected);
  });

  test("claims are sentences of both languages", () => {
    const random = createRandom(1);
    expect(sayClaim(is("dog", "red"), "en", random)).toBe("there is a red dog");
    expect(sayClaim(is("dog", "red"), "de", random)).toBe("es gibt einen roten Hund");
    expect(sayClaim(is("dog", undefined, 2), "en", random)).toBe("there are two dogs");
    expect(sayClaim(stands("dog", "front", "cat"), "en", random)).toMatch(
      /dog is in front of a cat|there is a dog in front of/,
    );
  });
});

describe("hypotheses", () => {
  const random = createRandom(5);
  const draw = (split: "train" | "test", count: number) =>
    Array.from({ length: count }, (_, i) => drawPairs(random.fork(`${split} ${i}`), split, i % 2 === 0).pairs).flat();
  const train = draw("train", 1500);

  test("labels are about equally frequent", () => {
    for (const label of ["entailment", "neutral", "contradiction"]) {
      const share = train.filter((pair) => pair.label === label).length / train.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.37);
    }
  });

  test("do not give their label away by their words", () => {
    // naive Bayes over words and pairs of words, which learns what single words tell
    const features = (text: string): string[] => {
      const words = text.split(" ");
      return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
    };
    const counts = new Map<string, Map<string, number>>();
    for (const { hypothesis, label } of train) {
      const ofLabel = counts.get(label) ?? new Map<string, number>();
      for (const feature of features(hypothesis)) ofLabel.set(feature, (ofLabel.get(feature) ?? 0) + 1);
      counts.set(label, ofLabel);
    }
    const guess = (text: string): string => {
      const scores = [...counts].map(([label, of]) => {
        const total = [...of.values()].reduce((sum, n) => sum + n, 0);
        const score = features(text).reduce(
          (sum, feature) => sum + Math.log(((of.get(feature) ?? 0) + 1) / (total + 500)),
          0,
        );
        return { label, score };
      });
      return scores.sort((a, b) => b.score - a.score)[0]!.label;
    };
    const test = draw("test", 500);
    const right = test.filter(({ hypothesis, label }) => guess(hypothesis) === label).length / test.length;
    expect(right).toBeLessThan(0.45);
  });
});

describe("questions", () => {
  const random = createRandom(6);
  const asked = Array.from({ length: 800 }, (_, i) => drawQuestions(random.fork(i), "train", false).questions).flat();

  test("have answers a classifier knows, none of them held out", () => {
    expect(asked.filter(({ answer }) => !ANSWER_CLASSES.includes(answer))).toEqual([]);
    expect(ANSWER_CLASSES.some((answer) => HELD_OUT_ANSWERS.has(answer))).toBe(false);
    expect(new Set(ANSWER_CLASSES).size).toBe(ANSWER_CLASSES.length);
    for (const answer of [...ANSWER_CLASSES, ...HELD_OUT_ANSWERS])
      expect(OTHER_ANSWERS[answer]?.length).toBeGreaterThan(0);
  });

  test("held-out questions have held-out answers only, and each of them", () => {
    const heldOut = Array.from(
      { length: 300 },
      (_, i) => drawQuestions(random.fork(`h${i}`), "test", true).questions,
    ).flat();
    expect(new Set(heldOut.map(({ answer }) => answer))).toEqual(HELD_OUT_ANSWERS);
  });

  test("are of all types, yes about as often as no", () => {
    const types = new Set(asked.map(({ answerType }) => answerType));
    expect(types).toEqual(new Set(["yes/no", "number", "other"]));
    const yes = asked.filter(({ answer }) => answer === "yes").length;
    const no = asked.filter(({ answer }) => answer === "no").length;
    expect(yes / (yes + no)).toBeGreaterThan(0.4);
    expect(yes / (yes + no)).toBeLessThan(0.6);
  });

  test("cannot be answered without the picture", () => {
    const usual = new Map<string, Map<string, number>>();
    for (const { question, answer } of asked) {
      const answers = usual.get(question) ?? new Map<string, number>();
      usual.set(question, answers.set(answer, (answers.get(answer) ?? 0) + 1));
    }
    const best = (question: string): string | undefined =>
      [...(usual.get(question) ?? [])].sort(([, a], [, b]) => b - a)[0]?.[0];
    const test = Array.from(
      { length: 300 },
      (_, i) => drawQuestions(random.fork(`t${i}`), "test", false).questions,
    ).flat();
    const right = test.filter(({ question, answer }) => best(question) === answer).length / test.length;
    expect(right).toBeLessThan(0.5);
  });
});
