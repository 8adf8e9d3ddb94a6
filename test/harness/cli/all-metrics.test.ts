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

test.each([
  ["pairs, as in MMVP", ["A", "B", "B", "A"], true],
  ["options alone, without pairs", ["A", "A", "B", "B"], false],
])("--metrics all scores pairs of questions where there are %s", async (_, answers, isPaired) => {
  const rows = answers.map((answer, i) => `${i + 1},Is it open?,(a) Open (b) Closed,(${answer.toLowerCase()})`);
  const references = scratch.write("Questions.csv", `Index,Question,Options,Correct Answer\n${rows.join("\n")}\n`);
  const predictions = scratch.write("said.csv", "question_id,answer\n1,A\n2,B\n3,B\n4,B\n");
  const score = (metrics: string) =>
    runCli(
      ...["score", "--task", "multiple-choice", "--references", references],
      ...["--predictions", predictions, "--metrics", metrics],
    );
  const { code, stdout, stderr } = await score("all");
  expect([code, stdout.includes("pair_accuracy")]).toEqual([0, isPaired]);
  expect(stderr.includes("not scored with multiple-choice-pairs: The questions do not stand in pairs")).toBe(!isPaired);
  const named = await score("multiple-choice,multiple-choice-pairs");
  expect([named.code, named.stdout]).toEqual([0, expect.stringContaining("pair_accuracy")]);
});
