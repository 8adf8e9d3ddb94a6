import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { addFactCounts, compareFacts } from "../../../harness/toybox/fact-accuracy.js";
import { CAPTION, describe as describeScene, FULL } from "../../../harness/toybox/language/describe-scene.js";
import { choosePictureOf, chooseWording, say } from "../../../harness/toybox/language/wording.js";
import { parseFacts } from "../../../harness/toybox/parse-facts.js";
import { falsify } from "../../../harness/toybox/web/falsify.js";
import { canonical, type Facts, sceneFacts } from "../../../harness/toybox/world/facts.js";
import { drawScenes } from "./scenes.js";

/** Facts in an order of their own, so that two ways of saying them can be compared. */
function normalize({ things, relations, background }: Facts): unknown {
  const name = (index: number): string => things[index]!.noun;
  return {
    background,
    things: things.map(({ noun, color, size, count }) => `${count} ${size} ${color} ${noun}`).sort(),
    relations: relations
      .map((relation) => (relation.name === "beside" ? relation : canonical(relation)))
      .map(({ name: link, subject, object }) => {
        const pair = [name(subject), name(object)];
        return [link, ...(link === "beside" ? pair.sort() : pair)].join(" ");
      })
      .sort(),
  };
}

describe("captions parsed back", () => {
  const random = createRandom(3);
  const scenes = drawScenes(2000, 8, "test");

  test.each(["en", "de"] as const)("say in %s what was said", (language) => {
    const wrong = scenes.flatMap((scene, index) => {
      const stream = random.fork(index);
      const facts = describeScene(scene, index % 2 ? CAPTION : FULL, stream);
      const choose = index % 5 ? chooseWording : choosePictureOf;
      const sentence = say(choose(facts, stream), language);
      const same = JSON.stringify(normalize(parseFacts(sentence))) === JSON.stringify(normalize(facts));
      return same ? [] : [sentence];
    });
    expect(wrong.length / scenes.length, wrong.slice(0, 5).join("\n")).toBeLessThan(0.01);
  });

  test.each(["en", "de"] as const)("all there is to say in %s is all right, and complete", (language) => {
    const accuracies = scenes.map((scene, index) => {
      const stream = random.fork(index);
      const sentence = say(chooseWording(describeScene(scene, FULL, stream), stream), language);
      return compareFacts(parseFacts(sentence), sceneFacts(scene));
    });
    for (const { present, said, right } of Object.values(addFactCounts(accuracies))) {
      expect(present).toBeGreaterThan(1000);
      expect(right / present).toBeGreaterThan(0.99);
      expect(right / said).toBeGreaterThan(0.99);
    }
    expect(accuracies.filter(({ exact }) => exact).length / scenes.length).toBeGreaterThan(0.99);
  });

  test("something wrong is noticed", () => {
    const noticed = scenes.filter((scene, index) => {
      const stream = random.fork(index);
      const lie = describeScene(falsify(scene, stream), FULL, stream);
      return !compareFacts(parseFacts(say(chooseWording(lie, stream), "en")), sceneFacts(scene)).exact;
    });
    expect(noticed.length / scenes.length).toBeGreaterThan(0.99);
  });
});

describe("parseFacts", () => {
  test.each<[string, Partial<Facts>]>([
    ["", { things: [], relations: [] }],
    ["hello world, free shipping", { things: [], relations: [] }],
    ["A dog.", { things: [{ noun: "dog", count: 1 }] }],
    ["two fish", { things: [{ noun: "fish", count: 2 }] }],
    ["dogs", { things: [{ noun: "dog", count: undefined }] }],
    ["ein sehr schöner roter Hund", { things: [{ noun: "dog", color: "red", count: 1 }] }],
    ["The dog is red.", { things: [{ noun: "dog", color: "red", count: 1 }] }],
    ["a dog under the stars", { things: [{ noun: "dog", count: 1 }], background: "night" }],
    ["a teddy bear on top of a bus", { relations: [{ name: "on", subject: 0, object: 1 }] }],
    ["über einem Zelt ist ein Vogel", { relations: [{ name: "above", subject: 1, object: 0 }] }],
    ["a cat behind", { relations: [] }],
    ["behind in front of a cat", { relations: [] }],
  ])("%s", (sentence, expected) => {
    expect(parseFacts(sentence)).toMatchObject(expected);
  });
});

describe("compareFacts", () => {
  const scene: Facts = {
    things: [
      { noun: "dog", color: "red", size: "small", count: 1 },
      { noun: "house", color: "blue", size: "big", count: 1 },
    ],
    relations: [{ name: "on", subject: 0, object: 1 }],
    background: "snow",
  };
  const check = (sentence: string) => compareFacts(parseFacts(sentence), scene);

  test.each<[string, boolean]>([
    ["a small red dog on a big blue house in the snow", true],
    ["a dog above a house", true],
    ["a house and a dog", true],
    ["an animal on a building", true],
    ["a dog", false],
    ["a cat on a house", false],
    ["a blue dog on a house", false],
    ["two dogs on a house", false],
    ["a dog under a house", false],
    ["a house on a dog", false],
    ["a dog next to a house", false],
    ["a dog on a house at night", false],
    ["a dog, a cat and a house", false],
  ])("%s: %s", (sentence, exact) => {
    expect(check(sentence).exact).toBe(exact);
  });

  test("counts what is present, said and right", () => {
    expect(check("a red dog and a red house at night").counts).toEqual({
      things: { present: 2, said: 2, right: 2 },
      colors: { present: 2, said: 2, right: 1 },
      sizes: { present: 2, said: 0, right: 0 },
      counts: { present: 2, said: 2, right: 2 },
      relations: { present: 1, said: 0, right: 0 },
      background: { present: 1, said: 1, right: 0 },
    });
  });

  test("beside is left or right", () => {
    const aside: Facts = { ...scene, relations: [{ name: "left", subject: 1, object: 0 }] };
    expect(compareFacts(parseFacts("a dog next to a house"), aside).exact).toBe(true);
    expect(compareFacts(parseFacts("a dog to the right of a house"), aside).exact).toBe(true);
    expect(compareFacts(parseFacts("a dog to the left of a house"), aside).exact).toBe(false);
  });
});
