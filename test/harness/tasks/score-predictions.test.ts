import { expect, test } from "vitest";
import { scorePredictions, scoreTogether } from "../../../harness/tasks/score-predictions.js";
import type { TaskName, Truth } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();

function score(name: TaskName, references: readonly (readonly string[] | undefined)[], said: Record<string, string>) {
  const examples = references.map((own, i): Truth => ({ id: String(i + 1), references: own }));
  const predictions = Object.entries(said).map(([id, prediction]) => ({ id, prediction }));
  return scorePredictions({ task: findTask(name), data: { examples }, predictions });
}

const GERMAN = [["ein roter Ball liegt im Sand"], ["zwei Hunde im tiefen Schnee"], ["ein grüner Apfel"]];
const SAID = { 1: "ein roter Ball im Sand", 2: "zwei Hunde\nim tiefen Schnee", 3: "ein Apfel" };

test("translations score as their results file does, line breaks and all", async () => {
  const task = findTask("translate");
  const scored = await score("translate", GERMAN, SAID);
  const predictions = Object.entries(SAID).map(([id, prediction]) => ({ id, prediction }));
  const ofFile = await scorePredictions({
    task,
    data: await task.readReferences!(scratch.write("test.de", `${GERMAN.flat().join("\n")}\n`)),
    predictions: await task.readResults(scratch.write("results.txt", task.formatResults(predictions))),
  });
  expect(scored).toMatchObject({ ids: ofFile!.ids, missing: [], scores: ofFile!.scores });
  expect(scored!.results[0]!.signature).toBe(ofFile!.results[0]!.signature);
});

test("translations that are missing shift none of the others", async () => {
  const { 1: _, ...rest } = SAID;
  const scored = await score("translate", GERMAN, rest);
  expect(scored).toMatchObject({ ids: ["2", "3"], missing: ["1"] });
  const alone = await score("translate", GERMAN.slice(1), { 1: SAID[2], 2: SAID[3] });
  expect(scored!.scores).toEqual(alone!.scores);
});

test("completions are scored against the rest of the text; a text without a rest is left out", async () => {
  const said = { 1: "on the sand", 2: "anything", 3: "at sea" };
  const scored = await score("complete", [["on the sand"], undefined, ["in the snow"]], said);
  expect(scored).toMatchObject({ ids: ["1", "3"], missing: [] });
  expect(scored!.scores.ROUGE_L).toBeCloseTo(0.5, 9);
  expect(scored!.scores.Bleu_1).toBeCloseTo((3 / 5) * Math.exp(1 - 6 / 5), 9);
  expect(await score("complete", [undefined], { 1: "x" })).toBeUndefined();
});

test("nothing is scored where there is nothing to score against, or nothing was said", async () => {
  expect(await score("caption", [undefined], { 1: "a" })).toBeUndefined();
  expect(await score("translate", GERMAN, {})).toBeUndefined();
});

test("predictions that somebody else's thoughts are part of are scored as they stand, with a warning", async () => {
  const task = findTask("caption");
  const examples = ["1", "2"].map((id) => ({ id, references: ["a dog"] }));
  const predictions = [
    { id: "1", prediction: "<think>a cat?</think> a dog" },
    { id: "2", prediction: "a dog" },
  ];
  const scored = await scorePredictions({ task, data: { examples }, predictions });
  expect(scored!.warnings).toEqual([expect.stringMatching(/^the predictions for 1 contain marks of thoughts/)]);
});

test("several systems score together as each does alone, on the same examples and on others", async () => {
  const task = findTask("caption");
  const words = "a red dog runs in the snow near two old boats".split(" ");
  const caption = (i: number, step: number) =>
    Array.from({ length: 3 + ((i + step) % 5) }, (_, k) => words[(i * step + k * k) % words.length]).join(" ");
  const examples = Array.from({ length: 8500 }, (_, i): Truth => {
    return { id: String(i), references: [2, 3, 5, 7, 11].map((step) => caption(i, step)) };
  });
  const systems = [13, 17, 19].map((step) => examples.map(({ id }, i) => ({ id, prediction: caption(i, step) })));
  systems[2]!.splice(5, 1);
  const requests = systems.map((predictions) => ({ task, data: { examples }, predictions }));
  const show = (scored: Awaited<ReturnType<typeof scorePredictions>>) => {
    const { ids, missing, scores, results } = scored!;
    return { ids, missing, scores, statistics: results.map(({ statistics, signature }) => [signature, statistics]) };
  };
  const alone = [];
  for (const request of requests) alone.push(show(await scorePredictions(request)));
  expect((await scoreTogether(requests.slice(0, 2))).map(show)).toEqual(alone.slice(0, 2));
  expect((await scoreTogether(requests)).map(show)).toEqual(alone);
  expect(alone[2]!.missing).toEqual(["5"]);
  expect(alone[0]!.scores.CIDEr).not.toBe(alone[1]!.scores.CIDEr);
});
