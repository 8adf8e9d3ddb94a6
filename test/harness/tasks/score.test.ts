import { expect, test } from "vitest";
import { scoreRun } from "../../../harness/runs/score.js";
import { SCORERS } from "../../../harness/scoring/index.js";
import type { TaskData, TaskName } from "../../../harness/tasks/task.js";
import { TASKS } from "../../../harness/tasks/tasks.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();

function score(name: TaskName, targets: readonly string[][], said: Record<string, string>) {
  const examples = targets.map((targets, i) => ({ id: String(i + 1), images: [], prefix: "", targets }));
  const data: TaskData = { examples, files: [], classes: [] };
  const predictions = Object.entries(said).map(([id, prediction]) => ({ id, prediction }));
  return scoreRun({ task: TASKS[name], data, predictions, results: "" });
}

const GERMAN = [["ein roter Ball liegt im Sand"], ["zwei Hunde im tiefen Schnee"], ["ein grüner Apfel"]];
const SAID = { 1: "ein roter Ball im Sand", 2: "zwei Hunde\nim tiefen Schnee", 3: "ein Apfel" };

test("translations score as their results file does, line breaks and all", async () => {
  const scored = await score("translate", GERMAN, SAID);
  const predictions = Object.entries(SAID).map(([id, prediction]) => ({ id, prediction }));
  const request = { allowMissing: false, metrics: [], byDomain: false, df: "shared" } as const;
  const ofFile = await SCORERS.translate({
    ...request,
    references: scratch.write("test.de", `${GERMAN.flat().join("\n")}\n`),
    predictions: scratch.write("results.txt", TASKS.translate.formatResults(predictions)),
  });
  expect(scored).toMatchObject({ ids: ofFile.ids, missing: [], scores: ofFile.scores });
  expect(scored!.results[0]!.signature).toBe(ofFile.results[0]!.signature);
});

test("translations that are missing shift none of the others", async () => {
  const { 1: _, ...rest } = SAID;
  const scored = await score("translate", GERMAN, rest);
  expect(scored).toMatchObject({ ids: ["2", "3"], missing: ["1"] });
  const alone = await score("translate", GERMAN.slice(1), { 1: SAID[2], 2: SAID[3] });
  expect(scored!.scores).toEqual(alone!.scores);
});

test("completions are scored against the rest of the text; a text without a rest is left out", async () => {
  const scored = await score("complete", [["on the sand"], [""], ["in the snow"]], {
    1: "on the sand",
    2: "anything",
    3: "at sea",
  });
  expect(scored).toMatchObject({ task: "complete", ids: ["1", "3"], missing: [] });
  expect(scored!.scores.ROUGE_L).toBeCloseTo(0.5, 9);
  expect(scored!.scores.Bleu_1).toBeCloseTo((3 / 5) * Math.exp(1 - 6 / 5), 9);
  expect(await score("complete", [[]], { 1: "x" })).toBeUndefined();
});

test("nothing is scored where there is nothing to score against, or nothing was said", async () => {
  expect(await score("caption", [["a"]], { 1: "a" })).toBeUndefined();
  expect(await score("translate", GERMAN, {})).toBeUndefined();
});
