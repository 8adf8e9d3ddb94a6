import { cpSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

const image = (id: number) => ({ id, file_name: `${id}.jpg` });

/** Eleven of thirteen images have no captions. */
const REFERENCES = {
  images: Array.from({ length: 13 }, (_, i) => image(i + 1)),
  annotations: [1, 2].map((image_id) => ({ image_id, caption: `a dog of ${image_id} dogs` })),
};
const PREDICTIONS = [1, 2].map((image_id) => ({ image_id, caption: "a dog" }));

function world(files: Readonly<Record<string, unknown>>): Scratch {
  const scratch = new Scratch();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(scratch.at(name)), { recursive: true });
    scratch.write(name, content);
  }
  return scratch;
}

test("images without references are named, ten and how many, and left out when told", async () => {
  const scratch = world({ "ref.json": REFERENCES, "p.json": PREDICTIONS });
  const score = (...more: string[]) =>
    runCli(
      "score",
      "--task",
      "caption",
      "--references",
      scratch.at("ref.json"),
      "--predictions",
      scratch.at("p.json"),
      ...more,
    );
  const refused = await score();
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain(
    "11 of 13 examples have no references: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, … (11 in all)",
  );
  expect(refused.stderr).toContain("--skip-missing-references leaves them out");
  for (const option of ["--skip-missing-references", "--allow-missing"]) {
    const { code, stdout, stderr } = await score(option, "--json", scratch.at("scores.json"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("left out, for want of references: 3, 4")]);
    expect(stdout).toContain("11 of 13 examples have no references and were left out");
    expect(stdout).toMatch(/CIDEr-D\|.*\|unreferenced:11\n/);
    expect(scratch.readJson("scores.json")).toMatchObject({ examples: 2, unreferenced: 11 });
  }
});

test("a run stops at what has no references, or leaves it out; it verifies", async () => {
  const scratch = world({ "data/test.json": REFERENCES, "p.json": PREDICTIONS });
  const run = (...more: string[]) =>
    runCli(
      ...["run", "--task", "caption", "--data", scratch.at("data"), "--predictions", scratch.at("p.json")],
      ...["--out", scratch.at("run"), ...more],
    );
  expect(await run()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("11 of 13 examples have no references"),
  });
  const { code, stdout } = await run("--skip-missing-references");
  expect([code, stdout]).toEqual([0, expect.stringContaining("11 of 13 examples have no references")]);
  expect(scratch.readJson("run/scores.json")).toMatchObject({ examples: 2, unreferenced: 11 });
  expect((await runCli("verify", scratch.at("run"))).code).toBe(0);
});

test("questions that nobody answered are named, too: without an annotation, and without answers in it", async () => {
  const answers = Array.from({ length: 10 }, (_, i) => ({ answer: "yes", answer_id: i + 1 }));
  const scratch = world({
    "q.json": { questions: [1, 2, 3].map((id) => ({ question_id: id, image_id: 1, question: "?" })) },
    "a.json": {
      annotations: [
        { question_id: 1, image_id: 1, answers },
        { question_id: 3, image_id: 1, answers: [] },
      ],
    },
    "p.json": [{ question_id: 1, answer: "yes" }],
  });
  const score = (...more: string[]) =>
    runCli(
      ...["score", "--task", "vqa", "--references", scratch.at("a.json"), "--questions", scratch.at("q.json")],
      ...["--predictions", scratch.at("p.json"), ...more],
    );
  expect((await score()).stderr).toContain("2 of 3 examples have no references: 3, 2.");
  expect(await score("--skip-missing-references")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("100.00"),
  });
});

test("answers that are right by themselves are compared without regard to spelling", async () => {
  const scratch = world({
    "gqa.json": {
      "1": { imageId: "n1", question: "?", answer: "no" },
      "2": { imageId: "n2", question: "?", answer: "red" },
    },
    "p.json": [
      { question_id: "1", answer: "No." },
      { question_id: "2", answer: "blue" },
    ],
  });
  const { code, stdout, stderr } = await runCli(
    ...["score", "--task", "vqa", "--references", scratch.at("gqa.json"), "--predictions", scratch.at("p.json")],
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining("gqa.json: read as GQA: 2 examples")]);
  expect(stdout).toContain("50.00");
  expect(stdout).toContain("VQA-accuracy|answers:each-right|normalisation:always|");
});

test("the only split is taken and said; pictures elsewhere are found by --images, also for the report", async () => {
  const scratch = world({
    "coco/annotations/captions_val2017.json": {
      images: [image(1)],
      annotations: [{ image_id: 1, caption: "people sit on a beach below two parasols" }],
    },
  });
  mkdirSync(scratch.at("photos"));
  cpSync("fixtures/images/beach.jpg", scratch.at("photos/1.jpg"));
  const run = (...more: string[]) =>
    runCli(
      ...["run", "--task", "caption", "--data", scratch.at("coco"), "--checkpoint", "fixtures/captioners/git"],
      ...["--out", scratch.at("run"), ...more],
    );
  const without = await run();
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("1 cannot be shown with their pictures")]);
  const { code, stderr } = await run("--images", scratch.at("photos"));
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`val is the only split in ${scratch.at("coco")}`);
  expect(stderr).toContain("captions_val2017.json: read as COCO captions: 1 examples of the split val");
  const verified = await runCli("verify", scratch.at("run"));
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("pictures")]);
  const report = await runCli("report", scratch.at("run"), "--out", scratch.at("report.html"));
  expect([report.code, report.stderr]).toEqual([0, ""]);
  const again = await runCli("verify", scratch.at("report.html"));
  expect(again.code, `${again.stdout}${again.stderr}`).toBe(0);
});

test("a file of questions given as references is told from one that lacks a few", async () => {
  const scratch = world({
    "q.json": { questions: [1, 2].map((id) => ({ question_id: id, image_id: 1, question: "?" })) },
    "p.json": [{ question_id: 1, answer: "yes" }],
  });
  const files = ["--references", scratch.at("q.json"), "--predictions", scratch.at("p.json")];
  expect(await runCli("score", "--task", "vqa", ...files)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/q\.json has no references of any of its 2 examples.* Give the file that has them/),
  });
});

test("a captioner is not asked where the data name no pictures, and it is the data that are named", async () => {
  const scratch = world({ "data/questions.json": { questions: [{ question_id: 1, image_id: 5, question: "what?" }] } });
  const folders = ["--data", scratch.at("data"), "--out", scratch.at("run")];
  const captioner = ["--checkpoint", "fixtures/captioners/git-vqa"];
  expect(await runCli("run", "--task", "vqa", ...folders, ...captioner)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/1 cannot be shown with their pictures: 1 \(the data name no picture\)/),
  });
});

test("a split that has its year is not looked for with another", async () => {
  const scratch = world({ "data/captions_val2014.json": REFERENCES });
  const args = ["--data", scratch.at("data"), "--split", "val2018", "--predictions", scratch.at("p.json")];
  const { stderr } = await runCli("run", "--task", "caption", ...args, "--out", scratch.at("run"));
  expect(stderr).toContain("looked for val2018.json, captions_val2018.json, ");
  expect(stderr).not.toContain("val20182014");
});
