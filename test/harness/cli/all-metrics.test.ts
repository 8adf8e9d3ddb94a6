import { expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const NOCAPS = ["--references", "fixtures/nocaps/annotations.json"];
const PREDICTIONS = ["--predictions", "fixtures/nocaps/predictions-zero-shot.json"];

test("--metrics all takes what suits captions: no exact matches, no confusion of captions", async () => {
  const { code, stdout, stderr } = await runCli(
    "score",
    "--task",
    "caption",
    ...NOCAPS,
    ...PREDICTIONS,
    "--metrics",
    "all",
  );
  expect([code, stdout]).toEqual([0, expect.stringContaining("ROUGE_L")]);
  expect(stdout).not.toMatch(/accuracy|label \\ predicted|ANLS|sacreBLEU/);
  expect(stderr).not.toMatch(/not scored with (?!meteor|spice|clipscore|refclipscore)/);
});

test("--metrics all takes what suits answers, and names the dialects that it leaves out", async () => {
  const references = scratch.write(
    "pope.json",
    '{"question_id":1,"image":"1.jpg","text":"Is there a dog?","label":"yes"}\n',
  );
  const predictions = scratch.write("answers.jsonl", '{"question_id":1,"answer":"Yes, there is a big brown dog."}\n');
  const files = ["--references", references, "--predictions", predictions];
  const { code, stdout, stderr } = await runCli("score", "--task", "pope", ...files, "--metrics", "all");
  expect([code, stdout]).toEqual([0, expect.stringContaining("yes_ratio")]);
  expect(stdout).not.toMatch(/CIDEr|Bleu|METEOR/);
  expect(stderr).toMatch(/not scored with pope-lmms-eval: .*\n.*not scored with pope-vlmevalkit: /);
  expect(stderr).not.toMatch(/longer than the references|not scored with (?!pope)/);
});
