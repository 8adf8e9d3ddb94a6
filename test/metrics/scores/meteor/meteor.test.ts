import { readFileSync } from "node:fs";
import {
  createMetricInput,
  evaluateMetric,
  type MeteorResources,
  meteor,
  meteorMetric,
  type ParaphraseTable,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { normalizeForMeteor } from "../../../../metrics/scores/meteor/normalize.js";
import { stemEnglish } from "../../../../metrics/text/english-stem.js";

function readFixture<Case>(name: string): Case[] {
  return JSON.parse(readFileSync(new URL(`../../../../fixtures/meteor/${name}`, import.meta.url), "utf8")) as Case[];
}

const prefixes = { always: new Set(["Mr", "Mrs", "St", "Sr", "Corp"]), beforeNumbers: new Set(["No", "pp"]) };

/** A table of pairs, each read as METEOR reads three lines of its own. */
function tableOf(pairs: readonly (readonly [string, string])[]): ParaphraseTable {
  const words = [...new Set(pairs.flat().flatMap((phrase) => phrase.split(" ")))];
  const phrases = [...new Set(pairs.flat())];
  return {
    longest: Math.max(...phrases.map((phrase) => phrase.split(" ").length)),
    numberOf: (word) => words.indexOf(word),
    phraseAt: (numbers, start, length) =>
      phrases.indexOf([...numbers.subarray(start, start + length)].map((number) => words[number]).join(" ")),
    paraphrasesOf: (phrase) =>
      Int32Array.from(pairs.filter(([from]) => from === phrases[phrase]).map(([, to]) => phrases.indexOf(to))).sort(),
  };
}

const resources: MeteorResources = {
  functionWords: new Set(["a", "the", "is", "on", "of"]),
  synsets: new Map([
    ["automobile", [1]],
    ["car", [1, 2]],
    ["big", [3]],
    ["large", [3]],
    ["goose", [4]],
    ["wait", [5]],
    ["waite", [6]],
    ["hold", [5]],
  ]),
  exceptions: new Map([["geese", ["goose"]]]),
  prefixes,
  name: "test",
};

const score = (hypothesis: string, reference: string, own: MeteorResources = resources) =>
  meteor([hypothesis], [[reference]], { resources: own, tokenizer: "none" }).perExample.METEOR[0];

describe("the normaliser of METEOR", () => {
  test.each(readFixture<{ in: string; out: string }>("normalizer.json"))("$in", ({ in: text, out }) => {
    expect(normalizeForMeteor(text, prefixes)).toBe(out);
  });
});

test.each(readFixture<readonly [word: string, stem: string]>("stems.json"))("the stem of %s is %s", (word, stem) => {
  expect(stemEnglish(word)).toBe(stem);
});

describe("METEOR", () => {
  test("counts identical captions as 1 and strangers as 0", () => {
    expect(score("a dog runs", "a dog runs")).toBe(1);
    expect(score("a dog", "the sea")).toBe(0);
    expect(score("", "")).toBe(0);
    expect(score("a dog", "")).toBe(0);
  });

  test("knows stems, synonyms, irregular words and paraphrases, and weighs them", () => {
    const exact = score("dogs", "dogs")!;
    const stem = score("dogs", "dog")!;
    const synonym = score("car", "automobile")!;
    expect([exact > synonym, synonym > stem, stem > 0]).toEqual([true, true, true]);
    expect(score("geese", "goose")).toBe(synonym);
    const own = { ...resources, paraphrases: tableOf([["on top of", "over"]]) };
    expect(score("cat on top of it", "cat over it", own)).toBeGreaterThan(score("cat on top of it", "cat over it")!);
    expect(score("cat over it", "cat on top of it", own)).toBeGreaterThan(score("cat over it", "cat on top of it")!);
  });

  test("a regular word has the first base form that is known", () => {
    expect(score("hold", "wait")).toBeGreaterThan(0);
    expect(score("hold", "waiting")).toBe(0); // waite comes first
  });

  test("bars that part texts for METEOR's program are no words of a caption, as in pycocoevalcap", () => {
    expect(score("a big ||| car", "a big car")).toBe(1);
    expect(score("a big car|||", "a big car")).toBe(1);
    expect(score("a big || car", "a big car")).toBeLessThan(1);
    expect(score("a big car", "a big ||| car")).toBeLessThan(1);
  });

  test("the best of several references counts, and the order of references does not matter", () => {
    const references = ["the sea", "a big car is on the road", "a dog"];
    const { perExample } = meteor(["a large car is on the road"], [references], { resources, tokenizer: "none" });
    const turned = meteor(["a large car is on the road"], [[...references].reverse()], {
      resources,
      tokenizer: "none",
    });
    expect(perExample.METEOR[0]).toBe(score("a large car is on the road", references[1]!));
    expect(turned.perExample.METEOR[0]).toBe(perExample.METEOR[0]);
  });

  test("the corpus score comes from summed statistics, without the chunks of what matches whole", () => {
    const one = meteor(["a dog", "a cat is on the mat"], [["a dog"], ["the cat is on a mat"]], { resources });
    const mean = (one.perExample.METEOR[0]! + one.perExample.METEOR[1]!) / 2;
    expect(one.scores.METEOR).not.toBe(mean);
    const whole = meteor(["a dog", "a cat"], [["a dog"], ["a cat"]], { resources });
    expect(whole.scores.METEOR).toBe(1);
  });

  test("as a definition it wants its resources, and its signature names them", async () => {
    const examples = [{ id: "1", prediction: "A dog.", references: ["a dog"] }];
    const failure = (tables?: Record<string, unknown>) =>
      evaluateMetric(meteorMetric, createMetricInput(examples, tables && { tables })).catch((error: unknown) => error);
    expect(await failure()).toMatchObject({ code: "metric-needs" });
    expect(await failure({ other: {} })).toMatchObject({ code: "no-meteor-data" });
    const { scores, signature } = await evaluateMetric(
      meteorMetric,
      createMetricInput(examples, { tables: { meteor: resources } }),
    );
    expect(scores.METEOR).toBe(1);
    expect(signature).toMatch(/^METEOR\|nrefs:1\|tok:ptb\|norm:yes\|paraphrase:no\|data:test\|/);
  });
});

test("what is explained: which words met, by which module, in the best reference", () => {
  const paraphrases = tableOf([["next to", "beside"]]);
  const { explain } = meteor(
    ["the large cars wait next to a goose"],
    [["nothing of it", "a big automobile waits beside geese"]],
    { resources: { ...resources, paraphrases } },
  );
  const [drawn, note] = explain!(0).parts;
  if (drawn?.kind !== "alignment" || note?.kind !== "note") throw new Error("other parts");
  expect(drawn.title).toBe("The best of 2 references, number 2");
  const link = ({ start, length }: { start: number; length: number }, words: readonly string[]) =>
    words.slice(start, start + length).join(" ");
  expect(
    drawn.links.map(({ prediction, reference, by }) => [
      link(prediction, drawn.prediction),
      link(reference, drawn.reference),
      by,
    ]),
  ).toEqual([
    ["a", "a", "exact"],
    ["large", "big", "synonym"],
    ["cars", "automobile", "synonym"],
    ["wait", "waits", "stem"],
    ["next to", "beside", "paraphrase"],
    ["goose", "geese", "synonym"],
  ]);
  expect(note.text).toMatch(/^METEOR 0\.\d{4}\. Precision 0\.\d{3} and recall .* in \d pieces/);
});
