import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

/** A run on data whose files have the given names; `said` is what was predicted, by id. */
async function makeRun(task: string, files: Record<string, unknown>, said: unknown, ...more: string[]) {
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  for (const [name, content] of Object.entries(files)) scratch.write(join("data", name), content);
  const predictions = scratch.write("said.json", said);
  const run = scratch.at("my run");
  const made = await runCli(
    ...["run", "--task", task, "--data", scratch.at("data"), "--predictions", predictions, "--out", run],
    ...more,
  );
  const submit = (out: string, ...options: string[]) => runCli("submission", run, "--out", scratch.at(out), ...options);
  const read = (name: string): unknown => JSON.parse(readFileSync(scratch.at(name), "utf8"));
  return { scratch, made, run, submit, read };
}

const images = [7, 8, 9].map((id) => ({ id, file_name: `${id}.jpg` }));
const captions = { "9": "three", "7": "a dog\nruns", "8": "two" };
const caption = (files: Record<string, unknown>, said: unknown = captions, ...more: string[]) =>
  makeRun("caption", files, said, ...more);
const NOCAPS = { "nocaps_val_4500_captions.json": { images } };

describe("NoCaps", () => {
  test("every picture once, with its number and one caption", async () => {
    const { made, submit, read } = await caption(NOCAPS, captions, "--split", "val");
    expect(made.code).toBe(0);
    const { code, stdout, stderr } = await submit("mine.json");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/mine\.json: 3 predictions for NoCaps' server/),
    });
    expect(stderr).toMatch(
      /note: line breaks .* taken out of 1 predictions\n.*expects 4500 \(val\) or 10600 \(test\) predictions, the run has 3/,
    );
    expect(read("mine.json")).toEqual([
      { image_id: 7, caption: "a dog runs" },
      { image_id: 8, caption: "two" },
      { image_id: 9, caption: "three" },
    ]);
  });

  test.each<[string, unknown, string[], RegExp]>([
    [
      "with a failed example",
      { "7": "a", "8": "b" },
      ["--allow-failures", "1"],
      /my run cannot be handed in: 1 examples failed/,
    ],
    ["with a limit", captions, ["--limit", "2"], /a limit of 2 examples/],
    ["of a shard", captions, ["--shard", "1/2"], /it is shard 1 of 2: merge/],
  ])("a run %s is refused, and nothing is written", async (_, said, more, message) => {
    const { submit, scratch } = await caption(NOCAPS, said, "--split", "val", ...more);
    expect(await submit("mine.json")).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(scratch.list()).not.toContain("mine.json");
  });

  test("a log that was changed is refused", async () => {
    const { submit, scratch } = await caption(NOCAPS, captions, "--split", "val");
    const log = readFileSync(scratch.at("my run/predictions.jsonl"), "utf8");
    scratch.write("my run/predictions.jsonl", log.replace('"id":"8"', '"id":"88"'));
    expect(await submit("mine.json")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/not those of the split val/),
    });
    scratch.write("my run/predictions.jsonl", log.replace('"id":"8"', '"id":"7"'));
    expect(await submit("mine.json")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/more than one prediction for 7/),
    });
    scratch.write("my run/predictions.jsonl", log.replace("a dog", "a cat"));
    expect(await submit("mine.json")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot be handed in: predictions\.jsonl changed after the run was finished/),
    });
    scratch.write("my run/predictions.jsonl", log);
    expect(await submit("mine.json")).toMatchObject({ code: 0 });
  });

  test("file names instead of numbers are refused", async () => {
    const files = { "nocaps_val_4500_captions.json": { images: [{ id: "a.jpg", file_name: "a.jpg" }] } };
    const { submit } = await caption(files, { "a.jpg": "a dog" }, "--split", "val");
    expect(await submit("mine.json")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/takes a number .* not a\.jpg/),
    });
  });
});

test("COCO: the file's name must be the server's", async () => {
  const { submit, read } = await caption(
    { "captions_val2014.json": { images } },
    captions,
    "--split",
    "val",
    "--label",
    "My System!",
  );
  expect(await submit("mine.json")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("called as captions_val2014_My-System_results.json, not mine.json"),
  });
  expect(await submit("out/")).toMatchObject({ code: 2 }); // there is no such folder
  expect(await submit("captions_val2014_x_results.json")).toMatchObject({ code: 0 });
  expect(await submit("data")).toMatchObject({ code: 0 });
  expect(read("data/captions_val2014_My-System_results.json")).toEqual(read("captions_val2014_x_results.json"));
});

const questions = [
  { question_id: 70, image_id: 7, question: "what?" },
  { question_id: 71, image_id: 7, question: "why?" },
];
const vqa = (files: Record<string, unknown>) => makeRun("vqa", files, { "71": "yes", "70": "dog" }, "--split", "test");

test("VQA: numbers and texts", async () => {
  const { submit, read } = await vqa({ "v2_OpenEnded_mscoco_test2015_questions.json": { questions } });
  expect(await submit("mine.json")).toMatchObject({ code: 0, stderr: expect.stringContaining("107394 (test-dev)") });
  expect(read("mine.json")).toEqual([
    { question_id: 70, answer: "dog" },
    { question_id: 71, answer: "yes" },
  ]);
  expect(await submit("mine.txt")).toMatchObject({ code: 2, stderr: expect.stringMatching(/--out/) });
});

test("the server is asked for where the data do not tell it, and named otherwise", async () => {
  const { submit, read } = await vqa({ "questions.json": { questions } });
  expect(await submit("mine.json")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/one of vqa, vizwiz, gqa, textvqa\. \(--server/),
  });
  expect(await submit("mine.json", "--server", "nocaps")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no test server"),
  });
  expect(await submit("mine.json", "--server", "GQA")).toMatchObject({ code: 0 });
  expect(read("mine.json")).toEqual([
    { questionId: "70", prediction: "dog" },
    { questionId: "71", prediction: "yes" },
  ]);
});

test("VizWiz: by the names of the pictures", async () => {
  const vizwiz = [{ question_id: 70, image_id: "VizWiz_test_00000000.jpg", question: "what?" }];
  const files = { "test_questions_vqa_format.json": { questions: vizwiz } };
  const { submit, read } = await makeRun("vqa", files, { "70": "can" }, "--split", "test");
  expect(await submit("mine.json", "--server", "vizwiz")).toMatchObject({ code: 0 });
  expect(read("mine.json")).toEqual([{ image: "VizWiz_test_00000000.jpg", answer: "can" }]);
});

test("VizWiz's own test.json is known by the names of its pictures", async () => {
  const own = [{ image: "VizWiz_test_00000000.jpg", question: "what?" }];
  const said = [{ image: "VizWiz_test_00000000.jpg", answer: "yes" }];
  const { submit, read } = await makeRun("vqa", { "test.json": own }, said, "--split", "test");
  expect(await submit("mine.json")).toMatchObject({ code: 0 });
  expect(read("mine.json")).toEqual(said);
});
