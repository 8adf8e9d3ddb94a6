import {
  COCO_OBJECTS,
  chairMetric,
  chairMetrics,
  createMetricInput,
  evaluateMetric,
  explainChair,
  findMentions,
  parseObjectWords,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { singularize } from "../../../../metrics/text/singular.js";

const words = parseObjectWords(COCO_OBJECTS);
const named = (text: string) => findMentions(text, words).map(({ object }) => object);

test("our list has COCO's 80 objects, each with its own name", () => {
  expect(new Set(words.objectOf.values()).size).toBe(80);
  for (const object of words.objectOf.values()) expect(words.objectOf.get(object)).toBe(object);
});

test.each([
  ["Two men with a puppy", ["person", "dog"]],
  ["a traffic light, a fire hydrant and stop signs", ["traffic light", "fire hydrant", "stop sign"]],
  ["hot dogs on a dining table", ["hot dog", "dining table"]],
  ["a teddy bear holds a baseball bat", ["teddy bear", "baseball bat"]],
  ["a baby elephant and an adult zebra", ["elephant", "zebra"]],
  ["a passenger train on the train tracks", ["train"]],
  ["a passenger", ["person"]],
  ["a man in a bow tie", ["person", "tie"]],
  ["the toilet seat is up", ["toilet"]],
  ["the seat of the toilet", ["toilet"]],
  ["the seat of the bicycle", ["chair", "bicycle"]],
  ["wine glasses and knives", ["wine glass", "knife"]],
  ["skis, scissors, sheep and buses", ["skis", "scissors", "sheep", "bus"]],
  ["A player slides into home plate", ["person"]],
  ["the dog's bed", ["dog", "bed"]],
  ["", []],
])("%s: %j", (text, objects) => {
  expect(named(text)).toEqual(objects);
});

test.each([
  ...["dogs dog", "benches bench", "boxes box", "glasses glass", "puppies puppy", "knives knife", "geese goose"],
  ...["horses horse", "vases vase", "couches couch", "dishes dish", "shoes shoe", "gloves glove", "ties tie"],
  ...["bus bus", "grass grass", "tennis tennis", "scissors scissors", "gas gas", "zebras zebra", "potatoes potato"],
])("singular: %s", (pair) => {
  const [plural, singular] = pair.split(" ");
  expect(singularize(plural!)).toBe(singular);
});

const EXAMPLES = [
  { id: "1", prediction: "a dog and a cat on a couch", references: ["a puppy rests"], instances: ["couch", "tv"] },
  { id: "2", prediction: "a dog with a dog", references: ["nothing"], instances: ["person"] },
  { id: "3", prediction: "something nice", references: ["a bus"], instances: [] },
];

test("the scores are shares of captions, of mentions and of objects", async () => {
  const result = await evaluateMetric(chairMetric, createMetricInput(EXAMPLES));
  // mentions: dog (a reference names it), cat (not there), couch; dog, dog (not there)
  expect(result.scores).toEqual({
    CHAIRs: 2 / 3,
    CHAIRi: 3 / 5,
    object_precision: 1 - 3 / 5,
    object_recall: 2 / 5, // dog, couch of dog, couch, tv, person, bus
  });
  expect(result.details).toEqual({ hallucinated: { dog: 2, cat: 1 } });
  expect(result.signature).toMatch(/^CHAIR\|dialect:official\|synonyms:simvlm-coco\|/);
  expect(result.explain!(0).parts).toEqual([
    {
      kind: "marked-text",
      text: "a dog and a cat on a couch",
      marks: [
        { start: 2, end: 5, verdict: "right", note: "dog" },
        { start: 12, end: 15, verdict: "wrong", note: "cat: not there" },
        { start: 21, end: 26, verdict: "right", note: "couch" },
      ],
    },
    { kind: "note", text: "There: couch, dog, tv. Not named: tv." },
  ]);
});

test("words are marked where they stand, whatever their case, and two-word objects whole", async () => {
  const examples = [{ id: "1", prediction: "\u0130ce on a Hot Dog", references: ["x"], instances: ["hot dog"] }];
  const result = await evaluateMetric(chairMetric, createMetricInput(examples));
  const [marked] = result.explain!(0).parts;
  if (marked?.kind !== "marked-text") throw new Error(`found ${marked?.kind}`);
  expect(marked.marks.map(({ start, end }) => marked.text.slice(start, end))).toEqual(["hot dog"]);
});

test("another list of objects is named by its hash", async () => {
  const tables = { synonyms: "dog, doggo\ncat\n" };
  const examples = [{ id: "1", prediction: "doggos and a couch", references: ["x"], instances: ["cat"] }];
  const result = await evaluateMetric(chairMetric, createMetricInput(examples, { tables }));
  expect(result.scores).toMatchObject({ CHAIRi: 1, object_recall: 0 });
  expect(result.signature).toMatch(/synonyms:[0-9a-f]{8}\|/);
});

test("without instances nothing is scored; a list that is none is refused", async () => {
  const [first] = EXAMPLES;
  const { instances: _, ...bare } = first!;
  await expect(evaluateMetric(chairMetric, createMetricInput([bare]))).rejects.toThrow(/needs instances/);
  for (const list of ["", "\n ,dog"]) {
    expect(() => parseObjectWords(list)).toThrow(expect.objectContaining({ code: "bad-synonyms" }));
  }
  expect(explainChair(bare).present).toEqual(["dog"]);
});

describe("as lmms-eval finds words", () => {
  const list = parseObjectWords(COCO_OBJECTS, "lmms-eval");
  const meant = (text: string) => findMentions(text, list).map(({ object }) => object);

  // each line was looked up in WordNet 3.0 by NLTK's rules; words in -ing and -ed are verbs
  test.each([
    ["Two women with puppies", ["person", "dog"]],
    ["two men", []], // which are a noun of their own there
    ["vases on a table", ["dining table"]], // a vas
    ["wine glasses, knives and children", ["wine glass", "knife", "person"]],
    ["buses, benches, boxes and geese", ["bus", "bench", "bird"]],
    ["bikers on skis", ["skis"]], // biker is not in WordNet
    ["a hot, dog", ["dog"]], // a comma parts a phrase
    ["hot dogs at stop signs.", ["hot dog", "stop sign"]],
    ["a man skiing and a boy snowboarding", ["person", "skis", "person", "snowboard"]],
    ["a bear seated on bedding", ["bear", "chair"]],
    ["the dog's bed. a cat-like toy", ["dog", "bed"]],
    ["the seat of the toilet", ["toilet"]],
    ["a stop-sign/bus", []],
    ["a baby elephant, an adult zebra and train tracks", ["elephant", "zebra"]],
  ])("%s: %j", (text, objects) => {
    expect(meant(text)).toEqual(objects);
  });

  test("scores are 100 times those shares, and signed by their dialect", async () => {
    const result = await evaluateMetric(chairMetrics[1]!, createMetricInput(EXAMPLES));
    expect(chairMetrics.map(({ name }) => name)).toEqual(["chair", "chair-lmms-eval"]);
    expect(result.scores).toEqual({
      CHAIRs: (2 / 3) * 100,
      CHAIRi: (3 / 5) * 100,
      object_precision: (1 - 3 / 5) * 100,
      object_recall: (2 / 5) * 100,
    });
    expect(result.signature).toMatch(/^CHAIR\|dialect:lmms-eval\|synonyms:simvlm-coco\|/);
    expect(result.details).toEqual({ hallucinated: { dog: 2, cat: 1 } });
  });
});
