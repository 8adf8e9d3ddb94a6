import { describe, expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { sayEnglish } from "../../../harness/toybox/language/english.js";
import { type Case, type Determiner, sayGerman } from "../../../harness/toybox/language/german.js";
import { NOUNS } from "../../../harness/toybox/language/nouns.js";
import { TEMPLATES } from "../../../harness/toybox/language/templates.js";
import { choosePictureOf, chooseWording, say } from "../../../harness/toybox/language/wording.js";
import { COLOR_WORDS, SIZE_WORDS } from "../../../harness/toybox/language/words.js";
import type { Facts, Noun } from "../../../harness/toybox/world/facts.js";
import type { Color } from "../../../harness/toybox/world/kinds.js";

const phrase = (noun: Noun, color: Color, count: number | undefined, determiner?: Determiner) => ({
  form: NOUNS[noun][0]!,
  adjectives: [SIZE_WORDS.small[0]!, COLOR_WORDS[color][0]!],
  count,
  ...(determiner ? { determiner } : {}),
});

describe("German noun phrases", () => {
  test.each<[Noun, Color, number | undefined, Case, Determiner | undefined, string]>([
    ["dog", "red", 1, "nom", undefined, "ein kleiner roter Hund"],
    ["dog", "red", 1, "acc", undefined, "einen kleinen roten Hund"],
    ["dog", "red", 1, "dat", undefined, "einem kleinen roten Hund"],
    ["flower", "blue", 1, "nom", undefined, "eine kleine blaue Blume"],
    ["flower", "blue", 1, "acc", undefined, "eine kleine blaue Blume"],
    ["flower", "blue", 1, "dat", undefined, "einer kleinen blauen Blume"],
    ["house", "white", 1, "nom", undefined, "ein kleines weißes Haus"],
    ["house", "white", 1, "acc", undefined, "ein kleines weißes Haus"],
    ["house", "white", 1, "dat", undefined, "einem kleinen weißen Haus"],
    ["dog", "black", 2, "nom", undefined, "zwei kleine schwarze Hunde"],
    ["dog", "black", 3, "dat", undefined, "drei kleinen schwarzen Hunden"],
    ["car", "green", 4, "dat", undefined, "vier kleinen grünen Autos"],
    ["apple", "yellow", 2, "dat", undefined, "zwei kleinen gelben Äpfeln"],
    ["flower", "yellow", 2, "dat", undefined, "zwei kleinen gelben Blumen"],
    ["rabbit", "pink", 1, "nom", undefined, "ein kleiner rosa Hase"],
    ["rabbit", "pink", 1, "acc", undefined, "einen kleinen rosa Hasen"],
    ["elephant", "purple", 1, "dat", undefined, "einem kleinen lila Elefanten"],
    ["teddy bear", "red", 1, "dat", undefined, "einem kleinen roten Teddybären"],
    ["dog", "red", 1, "nom", "definite", "der kleine rote Hund"],
    ["dog", "red", 1, "dat", "definite", "dem kleinen roten Hund"],
    ["house", "red", 1, "nom", "definite", "das kleine rote Haus"],
    ["flower", "red", 1, "dat", "definite", "der kleinen roten Blume"],
    ["bird", "red", 2, "dat", "definite", "den kleinen roten Vögeln"],
    ["bird", "red", 2, "nom", "definite", "die kleinen roten Vögel"],
    ["dog", "red", 1, "nom", "none", "kleiner roter Hund"],
    ["flower", "red", 1, "dat", "none", "kleiner roter Blume"],
    ["dog", "red", undefined, "nom", "none", "kleine rote Hunde"],
    ["dog", "red", undefined, "nom", undefined, "kleine rote Hunde"],
  ])("%s, %s, %s, %s, %s: %s", (noun, color, count, grammar, determiner, expected) => {
    expect(sayGerman(phrase(noun, color, count, determiner), grammar)).toBe(expected);
  });
});

describe("English noun phrases", () => {
  test("articles, plurals", () => {
    expect(sayEnglish(phrase("elephant", "red", 1))).toBe("a small red elephant");
    expect(sayEnglish({ form: NOUNS.elephant[0]!, adjectives: [], count: 1 })).toBe("an elephant");
    expect(sayEnglish({ form: NOUNS.umbrella[0]!, adjectives: [], count: 2 })).toBe("two umbrellas");
    expect(sayEnglish({ form: NOUNS.fish[0]!, adjectives: [], count: 3 })).toBe("three fish");
    expect(sayEnglish({ form: NOUNS.butterfly[0]!, adjectives: [], count: undefined })).toBe("butterflies");
    expect(sayEnglish(phrase("dog", "red", 2, "definite"))).toBe("the small red dogs");
  });
});

describe("sentences", () => {
  const facts: Facts = {
    things: [
      { noun: "dog", color: "red", size: "small", count: 1 },
      { noun: "flower", color: "blue", count: 2 },
    ],
    relations: [{ name: "left", subject: 0, object: 1 }],
    background: "night",
  };
  const random = createRandom(2);
  const said = Array.from({ length: 600 }, (_, index) => chooseWording(facts, random.fork(index)));
  const english = new Set(said.map((wording) => say(wording, "en")));
  const german = new Set(said.map((wording) => say(wording, "de")));

  test("there are many ways to say one thing", () => {
    expect(english.size).toBeGreaterThan(60);
    expect(german.size).toBeGreaterThan(20);
  });

  test.each([
    "a small red dog to the left of two blue flowers at night",
    "two blue flowers with a small red dog to their left at night",
    "to the left of two blue flowers is a small red dog at night",
    "a small red dog is standing left of two blue flowers under the stars",
    "a small red dog on the left and two blue flowers on the right in the dark",
    "there is a little red dog left of two blue flowers at night",
  ])("%s", (sentence) => {
    expect(english).toContain(sentence);
  });

  test.each([
    "ein kleiner roter Hund steht links von zwei blauen Blumen bei Nacht",
    "zwei blaue Blumen mit einem kleinen roten Hund links davon bei Nacht",
    "man sieht einen kleinen roten Hund links von zwei blauen Blumen unter den Sternen",
    "links von zwei blauen Blumen ist ein kleiner roter Hund bei Nacht",
  ])("%s", (sentence) => {
    expect(german).toContain(sentence);
  });

  test("after 'ein Bild von' stands the dative", () => {
    const wording = choosePictureOf({ ...facts, background: undefined }, random);
    expect(say(wording, "de")).toBe("einem kleinen roten Hund links von zwei blauen Blumen");
  });

  test("verbs agree, and a third thing is told of one of the first two", () => {
    const three: Facts = {
      things: [
        { noun: "cat", count: 1 },
        { noun: "car", count: 1 },
        { noun: "snail", count: 2 },
      ],
      relations: [
        { name: "on", subject: 0, object: 1 },
        { name: "right", subject: 2, object: 1 },
      ],
    };
    const all = new Set(Array.from({ length: 300 }, (_, i) => say(chooseWording(three, random.fork(i)), "en")));
    expect(all).toContain("a cat on a car, and to the right of the car there are two snails");
    expect(all).toContain("there is a cat on a car and two snails right of the car");
  });

  test("no slot of a template is left open, none is empty", () => {
    for (const { en, de } of Object.values(TEMPLATES).flat()) for (const text of [en, de]) expect(text).toContain("{a");
    for (const sentence of [...english, ...german]) expect(sentence).not.toMatch(/[{}]|undefined| {2}|^ | $/);
  });
});
