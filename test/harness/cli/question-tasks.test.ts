import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

interface Case {
  readonly task: string;
  /** The data file's name in the data set, for the split. */
  readonly file: string;
  readonly split: string;
  readonly data: string;
  readonly good: string;
  readonly bad: string;
  readonly scores: Readonly<Record<string, number>>;
  readonly signature: string;
}

const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

const CASES: readonly Case[] = [
  {
    task: "docvqa",
    file: "val_v1.0_withQT.json",
    split: "val",
    data: JSON.stringify({
      dataset_name: "docvqa",
      dataset_split: "val",
      data: [
        { questionId: 49153, question: "Which year?", image: "documents/a_1.png", answers: ["1981", "in 1981"] },
        { questionId: 49154, question: "Whose letter?", image: "documents/a_1.png", answers: ["J. Doe"] },
      ],
    }),
    good: JSON.stringify([
      { questionId: 49153, answer: "1981" },
      { questionId: 49154, answer: "j. do" },
    ]),
    bad: lines([
      { questionId: 49153, answer: "no idea" },
      { questionId: 49154, answer: "J. Doe" },
    ]),
    scores: { ANLS: (1 + 5 / 6) / 2 },
    signature: "ANLS|dialect:official|threshold:0.5|",
  },
  {
    task: "chartqa",
    file: "test_human.json",
    split: "human",
    data: JSON.stringify([
      { imgname: "41699051005347.png", query: "How many items are shown?", label: "14" },
      { imgname: "41699051005347.png", query: "What share is Chile?", label: "12%" },
    ]),
    good: lines([
      { question_id: 0, answer: "14.5" },
      { question_id: 1, answer: "0.12" },
    ]),
    bad: lines([
      { question_id: 0, answer: "14" },
      { question_id: 1, answer: "12" },
    ]),
    scores: { relaxed_accuracy: 1 },
    signature: "relaxed accuracy|dialect:official|tolerance:0.05|",
  },
  {
    task: "pope",
    file: "coco_pope_random.json",
    split: "random",
    data: lines([
      { question_id: 1, image: "COCO_val2014_000000310196.jpg", text: "Is there a snowboard?", label: "yes" },
      { question_id: 2, image: "COCO_val2014_000000310196.jpg", text: "Is there a dog?", label: "no" },
      { question_id: 3, image: "COCO_val2014_000000210789.jpg", text: "Is there a car?", label: "yes" },
    ]),
    good: lines([
      { question_id: 1, answer: "Yes, there is a snowboard." },
      { question_id: 2, answer: "Yes." },
      { question_id: 3, answer: "There is a car. It is no bus." },
    ]),
    bad: lines([
      { question_id: 1, answer: "No" },
      { question_id: 2, answer: "Yes." },
      { question_id: 3, answer: "Yes" },
    ]),
    scores: { accuracy: 2 / 3, precision: 2 / 3, recall: 1, f1: 4 / 5, yes_ratio: 1 },
    signature: "POPE|dialect:official|",
  },
  {
    task: "multiple-choice",
    file: "Questions.csv",
    split: "test",
    data: [
      "Index,Question,Options,Correct Answer",
      "1,Are the wings open or closed?,(a) Open (b) Closed,(a)",
      '2,"Are the wings open, or closed?",(a) Open (b) Closed,(b)',
      "",
    ].join("\n"),
    good: "question_id,answer\n1,(a)\n2,They are closed.\n",
    bad: "question_id,answer\n1,B\n2,B\n",
    scores: { accuracy: 1 },
    signature: "multiple choice|dialect:official|",
  },
  {
    task: "multiple-choice",
    file: "val.tsv",
    split: "val",
    data: "index\tquestion\thint\tA\tB\tC\tanswer\tcategory\timage\n7\tWhat?\tnan\ta bus\ttwo dogs\t\tB\tanimals\t/9j/4AAQ\n",
    good: "index\tquestion\tprediction\n7\tWhat?\tB\n",
    bad: "index\tquestion\tprediction\n7\tWhat?\tA\n",
    scores: { accuracy: 1 },
    signature: "multiple choice|dialect:official|",
  },
  {
    task: "multiple-choice",
    file: "val.jsonl",
    split: "val",
    data: lines([
      { id: "a", question: "Which?", choices: ["x-ray", "yacht"], answer: 1, image: "a.jpg" },
      { id: "b", question: "Which?", choices: ["x-ray", "yacht"], answer: "x-ray", image: "a.jpg" },
    ]),
    good: lines([
      { question_id: "a", answer: "the yacht" },
      { question_id: "b", answer: "A" },
    ]),
    bad: lines([
      { question_id: "a", answer: "C" },
      { question_id: "b", answer: "A" },
    ]),
    scores: { accuracy: 1 },
    signature: "multiple choice|dialect:official|",
  },
];

test.each(CASES)("$task is scored, run, compared and reported", async (one) => {
  const { task, split, scores } = one;
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  const references = scratch.write(`data/${one.file}`, one.data);
  const [good, bad] = [scratch.write("good.json", one.good), scratch.write("bad.json", one.bad)];
  const scored = await runCli(
    ...["score", "--task", task, "--references", references, "--predictions", good, "--against", bad],
    ...["--ci", "--resamples", "100", "--json", scratch.at("scores.json")],
  );
  expect(scored.code, scored.stderr).toBe(0);
  const report = scratch.readJson<{ scores: Record<string, number>; signatures: Record<string, string> }>(
    "scores.json",
  );
  for (const [name, value] of Object.entries(scores)) expect(report.scores[name], name).toBeCloseTo(value, 12);
  expect(Object.values(report.signatures)[0]).toContain(one.signature);

  const data = ["--task", task, "--data", scratch.at("data"), "--split", split];
  for (const [name, path] of Object.entries({ good, bad })) {
    const run = await runCli("run", ...data, "--predictions", path, "--out", scratch.at(name));
    expect(run.stderr).not.toContain("simvlm: error");
    expect(run.code, run.stderr).toBe(0);
    expect(await runCli("verify", scratch.at(name))).toMatchObject({ code: 0 });
  }
  const runs = [scratch.at("good"), scratch.at("bad")];
  const compared = await runCli("compare", ...runs, "--resamples", "100");
  expect(compared.code, compared.stderr).toBe(0);
  for (const name of Object.keys(scores)) expect(compared.stdout).toContain(name);
  const page = scratch.at("report.html");
  expect(await runCli("report", ...runs, "--out", page)).toMatchObject({ code: 0 });
  expect(await runCli("verify", page)).toMatchObject({ code: 0 });
});

test("references of another split than the usual one say which, and how to name it", async () => {
  const scratch = new Scratch();
  const references = scratch.write(
    "dev.tsv",
    "index\tquestion\tA\tB\tanswer\tsplit\n7\tWhat?\ta bus\ttwo dogs\tB\tdev\n",
  );
  const predictions = scratch.write("said.csv", "question_id,answer\n7,B\n");
  const files = ["--references", references, "--predictions", predictions];
  const { code, stderr } = await runCli("score", "--task", "multiple-choice", ...files);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/its records are of dev \(1\)\. \(--split names another\)/),
  ]);
  expect(await runCli("score", "--task", "multiple-choice", ...files, "--split", "dev")).toMatchObject({ code: 0 });
});

test.each([
  ["pope", "pope", "official"],
  ["pope", "pope-lmms-eval", "lmms-eval"],
  ["pope", "pope-vlmevalkit", "vlmevalkit"],
  ["docvqa", "anls-lmms-eval", "lmms-eval"],
  ["docvqa", "anls-vlmevalkit", "vlmevalkit"],
  ["multiple-choice", "multiple-choice", "official"],
  ["multiple-choice", "multiple-choice-vlmevalkit", "vlmevalkit"],
])("%s: --metrics %s is a dialect of its own, also where examples are explained", async (task, metric, dialect) => {
  const one = CASES.find((each) => each.task === task)!;
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  scratch.write(`data/${one.file}`, one.data);
  const predictions = scratch.write("good.json", one.good);
  const asked = ["--task", task, "--data", scratch.at("data"), "--split", one.split, "--predictions", predictions];
  const run = await runCli("run", ...asked, "--metrics", metric, "--out", scratch.at("run"));
  expect([run.code, run.stdout]).toEqual([0, expect.stringContaining(`|dialect:${dialect}|`)]);
  const [first] = scratch.readText("run/predictions.jsonl").split("\n");
  const { id } = JSON.parse(first!) as { id: string };
  const explained = await runCli("explain", scratch.at("run"), "--example", id);
  expect(explained.code, explained.stderr).toBe(0);
});

test("DocVQA's questions are scored by their types, several of one question together", async () => {
  const scratch = new Scratch();
  const types = [["form"], ["form", "layout"], ["form"], "free_text"];
  const data = types.map((question_types, i) => ({
    ...{ questionId: i, question: "Which year?", image: "a.png", answers: ["1981"], question_types },
  }));
  const references = scratch.write("val.json", { data });
  const said = data.map(({ questionId }) => ({ questionId, answer: questionId === 2 ? "no idea" : "1981" }));
  const predictions = scratch.write("said.json", said);
  const files = ["--references", references, "--predictions", predictions, "--json", scratch.at("scores.json")];
  const scored = await runCli("score", "--task", "docvqa", ...files, "--by-domain");
  expect(scored.code, scored.stderr).toBe(0);
  const { byDomain } = scratch.readJson<{ byDomain: Record<string, { scores: object }> }>("scores.json");
  expect(Object.entries(byDomain).map(([type, { scores }]) => [type, scores])).toEqual([
    ["form", { ANLS: 0.5 }],
    ["form, layout", { ANLS: 1 }],
    ["free_text", { ANLS: 1 }],
  ]);
});
