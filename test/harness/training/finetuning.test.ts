import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openSimVLM } from "../../../harness/models/simvlm/open.js";
import { project, runCli, Scratch } from "../cli/run-cli.js";
import { writeTaskWorld } from "./small-world.js";

const scratch = new Scratch();
let toybox: string;
let checkpoint: string;

beforeAll(async () => {
  ({ toybox, checkpoint } = await writeTaskWorld(scratch));
});

test("the command trains on several splits, with dropout, and from scratch; the same seed gives the same bits", async () => {
  const train = (out: string, ...more: string[]) =>
    runCli(
      ...["finetune", "--task", "translate", "--data", join(toybox, "multi30k"), "--checkpoint", checkpoint],
      ...["--split", "train,text-train", "--steps", "2", "--batch", "6", "--out", scratch.at(out), ...more],
    );
  const bits = (out: string) =>
    readFileSync(join(scratch.at(out), "checkpoint", "model.safetensors")).toString("latin1");
  expect((await train("a")).code).toBe(0);
  expect((await train("b")).code).toBe(0);
  expect(bits("a")).toBe(bits("b"));
  expect((await train("c", "--from-scratch")).code).toBe(0);
  expect(bits("c")).not.toBe(bits("a"));
  // From scratch, what the checkpoint knows is of no account.
  const start = (out: string) =>
    (JSON.parse(readFileSync(join(scratch.at(out), "recipe.json"), "utf8")) as { start: string }).start;
  expect((await train("d", "--from-scratch", "--checkpoint", join(scratch.at("a"), "checkpoint"))).code).toBe(0);
  expect([bits("d"), start("d")]).toEqual([bits("c"), start("c")]);
  expect(start("a")).not.toBe(start("c"));
});

test("blank captions are not learnt from, and who has no other is left out and told", async () => {
  mkdirSync(join(scratch.at("blank"), "images"), { recursive: true });
  copyFileSync(`${project}fixtures/images/beach.jpg`, scratch.at("blank/images/a.jpg"));
  const train = (out: string, captions: string[]) => {
    scratch.write("blank/train.json", {
      images: captions.map((_, id) => ({ id, file_name: "a.jpg" })),
      annotations: [
        ...captions.map((caption, id) => ({ id, image_id: id, caption })),
        { id: captions.length, image_id: 0, caption: " \n" },
      ],
    });
    const flags = ["--steps", "1", "--batch", "2", "--checkpoint", checkpoint, "--out", scratch.at(out)];
    return runCli("finetune", "--task", "caption", "--data", scratch.at("blank"), ...flags);
  };
  const some = await train("some", ["a dog", " ", "", "a cat"]);
  expect([some.code, some.stderr]).toEqual([
    0,
    expect.stringContaining("warning: 2 examples are left out, since nobody answered with a word: 1, 2."),
  ]);
  expect(readFileSync(join(scratch.at("some"), "recipe.json"), "utf8")).toMatch(/"examples": 2\b/);
  const none = await train("none", ["", "\t"]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("has no examples")]);
});

test.each([
  ["snli-ve", ["yes", "maybe", "no"]],
  ["vqa", ["0", "1", "2"]],
  ["nlvr2", ["no", "yes"]],
])("a %s head starts from words that stand for its classes: %j", async (task, words) => {
  const out = scratch.at(`${task}-head`);
  const flags = ["--steps", "1", "--batch", "2", "--learning-rate", "1e-9"];
  const source = ["--task", task, "--data", join(toybox, task), "--checkpoint", checkpoint];
  expect((await runCli("finetune", ...source, "--out", out, ...flags)).code).toBe(0);
  const model = await openSimVLM(join(out, "checkpoint"));
  const { head, tokenizer, config } = model;
  const weights = await model.readWeights();
  const kernel = head!.weights["head.kernel"]!.data; // [passes × width, classes]
  const embedding = weights["text.embedding"]!.data; // [vocabulary, width]
  const { passes, classes } = head!;
  const column = (each: number) => Array.from({ length: passes * config.width }, (_, i) => kernel[i * classes + each]!);
  const labels: Record<string, Record<string, string>> = {
    "snli-ve": { yes: "entailment", maybe: "neutral", no: "contradiction" },
    nlvr2: { yes: "True", no: "False" },
  };
  for (const word of words) {
    const label = labels[task]?.[word] ?? word;
    const token = tokenizer.encode(word)[0]!;
    const row = Array.from(embedding.slice(token * config.width, (token + 1) * config.width));
    column(head!.labels!.indexOf(label)).forEach((value, i) => {
      expect(value).toBeCloseTo(row[i % config.width]! / passes, 6);
    });
  }
});

test("bad input", async () => {
  const base = ["finetune", "--out", scratch.at("never"), "--steps", "1"];
  for (const [args, message] of [
    [
      ["--task", "vqa", "--data", toybox, "--checkpoint", checkpoint],
      /has no file of the split train: .* Below it, .*vqa have such a file/,
    ],
    [["--task", "caption", "--data", join(toybox, "captions"), "--checkpoint", toybox], "is not a checkpoint"],
    [
      ["--task", "nlvr2", "--data", join(toybox, "nlvr2"), "--checkpoint", checkpoint, "--modality", "text"],
      'has no modality "text"',
    ],
    [
      ["--task", "nlvr2", "--data", join(toybox, "nlvr2"), "--checkpoint", checkpoint, "--open-ended"],
      "--open-ended is only for --task vqa",
    ],
    [["--task", "vqa", "--data", join(toybox, "vqa"), "--checkpoint", checkpoint, "--dropout", "1"], "less than 1"],
  ] as const) {
    const { code, stderr } = await runCli(...base, ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
});
