import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

/** Of each set: two pictures, asked about twice each, with ids that every set has. */
const OBJECTS = {
  adversarial: ["chair", "dining table", "fork", "cup"],
  popular: ["person", "car", "bottle", "book"],
  random: ["snowboard", "dog", "zebra", "kite"],
} as const;
type PopeSet = keyof typeof OBJECTS;
const SETS = Object.keys(OBJECTS) as PopeSet[];
const LABELS = ["yes", "no", "yes", "no"];

const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const question = (object: string) => `Is there a ${object} in the image?`;

const questionsOf = (set: PopeSet) =>
  OBJECTS[set].map((object, i) => ({
    question_id: i + 1,
    image: `COCO_val2014_00000000000${i < 2 ? 1 : 2}.jpg`,
    text: question(object),
    label: LABELS[i]!,
  }));

/** One is wrong in each set: a false yes. */
const SAID = ["Yes, there is.", "Yes", "yes", "No, there is not."];
const SCORES = { accuracy: 3 / 4, precision: 2 / 3, recall: 1, f1: 4 / 5, yes_ratio: 3 / 4 };

const originals = (set: PopeSet) => OBJECTS[set].map((object, i) => ({ question: question(object), answer: SAID[i]! }));

function writeSets() {
  const scratch = new Scratch();
  mkdirSync(scratch.at("coco"));
  for (const set of SETS) scratch.write(`coco/coco_pope_${set}.json`, lines(questionsOf(set)));
  const score = (references: string, predictions: string, ...more: string[]) =>
    runCli(
      ...["score", "--task", "pope", "--references", scratch.at(references)],
      ...["--predictions", predictions, "--json", scratch.at("scores.json"), ...more],
    );
  const scores = () => scratch.readJson<{ scores: Record<string, number> }>("scores.json").scores;
  return { scratch, score, scores };
}

const RANDOM = "coco/coco_pope_random.json";

test.each<[name: string, records: readonly object[]]>([
  ["question and answer", originals("random")],
  ["in small letters", originals("random").map((line) => ({ ...line, question: line.question.toLowerCase() }))],
  ["answers alone", originals("random").map(({ answer }) => ({ answer }))],
  ["answers beside the picture", originals("random").map((line) => ({ image: "a.jpg", ...line }))],
  [
    "LLaVA's, by the ids of the questions",
    OBJECTS.random.map((object, i) => ({
      question_id: i + 1,
      prompt: `${question(object)}\nAnswer the question using a single word or phrase.`,
      text: SAID[i],
      answer_id: "a1",
      model_id: "llava",
      metadata: {},
    })),
  ],
  [
    "LLaVA's, by ids of its own file",
    OBJECTS.random.map((object, i) => ({
      question_id: 20_000_001 + i,
      prompt: `<image>\n${question(object)} Please answer yes or no.`,
      text: SAID[i],
    })),
  ],
])("answers are read: %s", async (_, records) => {
  const { scratch, score, scores } = writeSets();
  const scored = await score(RANDOM, scratch.write("answers.jsonl", lines(records)));
  expect(scored.code, scored.stderr).toBe(0);
  expect(scores()).toEqual(SCORES);
});

test("a line that asks something else is named, and so are counts that differ", async () => {
  const { scratch, score } = writeSets();
  const records = originals("random");
  const swapped = [records[0]!, records[2]!, records[1]!, records[3]!];
  const moved = await score(RANDOM, scratch.write("moved.jsonl", lines(swapped)));
  expect([moved.code, moved.stderr]).toEqual([
    2,
    expect.stringMatching(/moved\.jsonl, line 2 asks "Is there a zebra .*question 2 .* is "Is there a dog/s),
  ]);
  const short = await score(RANDOM, scratch.write("short.jsonl", lines(records.slice(1))));
  expect([short.code, short.stderr]).toEqual([2, expect.stringMatching(/has 3 answers .* have 4 questions/s)]);
  const allowed = await score(RANDOM, scratch.at("short.jsonl"), "--allow-missing");
  expect(allowed.code).toBe(2); // of which questions they are nobody knows
  const foreign = records.map(({ answer }, i) => ({ question_id: 900 + i, answer }));
  const unknown = await score(RANDOM, scratch.write("foreign.jsonl", lines(foreign)));
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no id 900")]);
  const longer = [...records, { question: question("dog house"), answer: "No" }].slice(1);
  const other = [{ question: question("snowboarder"), answer: "No" }, ...records.slice(1)];
  for (const wrong of [longer, other]) {
    const { code, stderr } = await score(RANDOM, scratch.write("other.jsonl", lines(wrong)));
    expect([code, stderr]).toEqual([2, expect.stringContaining("line 1 asks")]);
  }
});

test("a folder of the three sets is all of them, with scores of each", async () => {
  const { scratch, score, scores } = writeSets();
  const all = scratch.write("all.jsonl", lines(SETS.flatMap(originals)));
  const scored = await score("coco", all, "--by-domain");
  expect(scored.code, scored.stderr).toBe(0);
  expect(scores()).toEqual(SCORES);
  const sets = scored.stdout.split("\n").flatMap((line) => /^│ (random|popular|adversarial) /.exec(line)?.[1] ?? []);
  expect(sets).toEqual(["random", "popular", "adversarial"]);
  const each = await score("coco", scratch.write("one.jsonl", lines(originals("popular"))), "--split", "popular");
  expect(each.code, each.stderr).toBe(0);
  expect(scores()).toEqual(SCORES);
  const mixed = await score("coco", scratch.write("mixed.jsonl", lines([...SETS].reverse().flatMap(originals))));
  expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringMatching(/line 1 asks .*adversarial\/1/s)]);
});

test("runs take the same answers, of one set or of all", async () => {
  const { scratch } = writeSets();
  const one = scratch.write("one.jsonl", lines(originals("random")));
  const all = scratch.write("all.jsonl", lines(SETS.flatMap(originals)));
  const data = ["--task", "pope", "--data", scratch.at("coco")];
  const single = ["--split", "random", "--predictions", one, "--out", scratch.at("single")];
  expect(await runCli("run", ...data, ...single)).toMatchObject({ code: 0 });
  const run = await runCli("run", ...data, "--predictions", all, "--out", scratch.at("whole"));
  expect(run.code, run.stderr).toBe(0);
  for (const name of ["single", "whole"]) {
    expect(scratch.readJson<{ scores: object }>(`${name}/scores.json`).scores).toMatchObject(SCORES);
    expect(await runCli("verify", scratch.at(name))).toMatchObject({ code: 0 });
  }
  expect(run.stdout).toContain("adversarial");
});
