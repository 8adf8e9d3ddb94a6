import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineMeanMetric, rougeMetric, SimvlmError } from "@simvlm/metrics";
import { beforeAll, describe, expect, test } from "vitest";
import { createScoreCommand } from "../../../harness/cli/score.js";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import { readLines } from "../../../harness/files/lines.js";
import { buildReport } from "../../../harness/report/document/build.js";
import { renderReport } from "../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../harness/report/document/verify-report.js";
import { runTask } from "../../../harness/runs/run-task.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { checkTask } from "../../../harness/tasks/check-task.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import { defineTask, type Truth } from "../../../harness/tasks/task.js";
import { addTasks, findTask, listTasks } from "../../../harness/tasks/task-registry.js";
import { formatComparison } from "../../../harness/terminal/format-comparison.js";
import { Scratch } from "../cli/run-cli.js";

/** 1 for an answer of as many words as the right one. */
const lengthMetric = defineMeanMetric({
  name: "same-length",
  title: "same length",
  score: "SameLength",
  scoreExample: ({ prediction, references }) =>
    prediction.split(" ").length === references[0]!.split(" ").length ? 1 : 0,
});

/** Riddles: lines of kind, riddle, answer, separated by tabs. */
async function readRiddles(path: string): Promise<(Truth & { riddle: string })[]> {
  return (await readLines(path)).map((line, i) => {
    const [kind, riddle, answer] = line.split("\t");
    return { id: `r${i + 1}`, riddle: riddle!, references: [answer!], groups: { kind } };
  });
}

const riddleTask = defineTask({
  name: "riddle",
  modalities: ["none"],
  answers: ["generate"],
  maxLength: 8,
  options: ["by-domain"],
  async load(folder, { split }) {
    const file = join(folder, `${split}.tsv`);
    const examples = (await readRiddles(file)).map(({ riddle, ...truth }) => {
      return { ...truth, images: [], prefix: riddle, targets: truth.references!, asked: riddle };
    });
    return { examples, files: [file], references: file, classes: [] };
  },
  readReferences: async (path) => ({ examples: await readRiddles(path) }),
  instruct: ({ prefix }) => `${prefix} Answer in one word.`,
  formatResults: (predictions) => predictions.map(({ id, prediction }) => `${id}\t${prediction}\n`).join(""),
  async readResults(path) {
    return (await readLines(path)).map((line) => {
      const [id, prediction] = line.split("\t");
      return { id: id!, prediction: prediction! };
    });
  },
  resultsName: "results.tsv",
  metrics: [rougeMetric, lengthMetric],
  mainScore: "SameLength",
  groupings: [{ by: "kind", order: ["plant"] }],
  scoreNote: "Riddles are not easy.",
});

const scratch = new Scratch();
const RIDDLES = [
  ["animal", "It barks.", "a dog"],
  ["animal", "It purrs.", "a cat"],
  ["plant", "It has needles.", "a fir"],
  ["animal", "It neighs.", "a horse"],
];
const answers = (...texts: string[]) => texts.map((text, i) => `r${i + 1}\t${text}\n`).join("");

async function run(name: string, ...texts: string[]): Promise<string> {
  const out = scratch.at(name);
  const from = { predictions: scratch.write(`${name}.tsv`, answers(...texts)) };
  await runTask("riddle", { data: scratch.path, from, out });
  return out;
}

beforeAll(() => {
  addTasks([riddleTask]);
  scratch.write("test.tsv", RIDDLES.map((line) => `${line.join("\t")}\n`).join(""));
});

test("a task defined here is run, scored, compared, reported and verified", async () => {
  const right = await run("right", "a dog", "a cat", "a fir", "a horse");
  const wrong = await run("wrong", "a dog", "cat", "fir", "horse");
  const report = JSON.parse(readFileSync(join(wrong, "scores.json"), "utf8")) as ScoreReport;
  expect(report).toMatchObject({ task: "riddle", examples: 4, scores: { SameLength: 0.25 } });
  expect(Object.keys(report.byDomain!)).toEqual(["plant", "animal"]);
  expect(report.byDomain!.animal).toMatchObject({ examples: 3, scores: { SameLength: 1 / 3 } });

  const out = scratch.at("scored.json");
  const files = ["--references", scratch.at("test.tsv"), "--predictions", scratch.at("wrong.tsv")];
  await createScoreCommand().parseAsync(["--task", "riddle", ...files, "--by-domain", "--json", out], { from: "user" });
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(report);

  const comparison = await compareRuns([right, wrong], { resamples: 50 });
  expect(comparison.scores.filter(({ score, run }) => score === "SameLength" && run === "wrong")).toMatchObject([
    { subset: "all", value: 0.25 },
    { subset: "plant", value: 0 },
    { subset: "animal", value: 1 / 3 },
  ]);
  expect(comparison.winsAndLosses[0]!.losses[0]).toMatchObject({ id: "r2", asked: "It purrs.", reference: "a cat" });
  const text = formatComparison(comparison);
  for (const part of ["Riddles are not easy.", "It purrs.", "animal"]) expect(text).toContain(part);

  expect(await verifyRun(wrong)).toMatchObject({ differences: [], notes: [] });
  const page = await renderReport(await buildReport([right, wrong], { resamples: 50, explore: 0 }));
  const found = await verifyReport(scratch.write("report.html", page));
  expect(found).toMatchObject({ differences: [], notes: [] });
});

describe("the registry", () => {
  test("finds tasks by their names and says which there are", () => {
    expect(findTask("riddle")).toBe(riddleTask);
    expect(listTasks().map(({ name }) => name)).toContain("riddle");
    expect(() => findTask("singing")).toThrow(/no task singing: it is one of caption, vqa, .*riddle/);
  });

  test("takes a definition twice, and another one of the same name not at all", () => {
    addTasks([riddleTask]);
    const others = [{ ...riddleTask, name: "charade" }, { ...riddleTask }];
    expect(() => addTasks(others)).toThrow(expect.objectContaining({ code: "duplicate-name" }));
    expect(() => findTask("charade")).toThrow(/charade/);
  });
});

describe("what comes from outside is looked at", () => {
  test("what is a task is taken as it is, the built-in ones among them", () => {
    for (const task of listTasks()) expect(checkTask(task, "here")).toBe(task);
  });

  test.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /^p\.js: the definition of a task: expected object/],
    ["another kind", { ...riddleTask, kind: "metric" }, /^p\.js: field `kind`: expected "task"/],
    ["no name", { ...riddleTask, name: "" }, /field `name`: expected a name/],
    ["a modality that is none", { ...riddleTask, modalities: ["smell"] }, /field `modalities\[0\]`: expected one of/],
    ["no reader", { ...riddleTask, load: undefined }, /field `load`: expected a function/],
    ["a metric that is none", { ...riddleTask, metrics: ["cider"] }, /p\.js: field `metrics\[0\]`: a metric must be/],
    ["another's main score", { ...riddleTask, mainScore: "CIDEr" }, /field `mainScore`: .*ROUGE_L, SameLength.*CIDEr/],
  ])("%s", (_, value, message) => {
    expect(() => checkTask(value, "p.js")).toThrow(SimvlmError);
    expect(() => checkTask(value, "p.js")).toThrow(expect.objectContaining({ code: "bad-plugin" }));
    expect(() => checkTask(value, "p.js")).toThrow(message);
  });
});
