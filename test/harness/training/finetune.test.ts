import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../harness/models/registry.js";
import { openSimVLM } from "../../../harness/models/simvlm/open.js";
import { createModelPredictor } from "../../../harness/sources/model-predictor.js";
import { isFailure } from "../../../harness/tasks/prediction.js";
import { findTask } from "../../../harness/tasks/registry.js";
import { completeSettings, type TaskName, type TaskSettings } from "../../../harness/tasks/task.js";
import { FINETUNING_DEFAULTS, finetune } from "../../../harness/training/finetune.js";
import { runCli, Scratch } from "../cli/run-cli.js";
import { writeFreshCheckpoint, writeToybox } from "./small-world.js";

const scratch = new Scratch();
let toybox: string;
let checkpoint: string;

beforeAll(async () => {
  toybox = await writeToybox(scratch, ["captions", "vqa", "nlvr2", "snli-ve", "multi30k"], 3);
  checkpoint = await writeFreshCheckpoint(
    scratch,
    ["multi30k/train.en", "multi30k/train.de", "captions/train.json", "captions/train-de.json"].map((name) =>
      join(toybox, name),
    ),
  );
});

const WORKS: readonly (readonly [TaskName, string, Partial<TaskSettings>])[] = [
  ["caption", "captions", {}],
  ["caption", "captions", { language: "de" }],
  ["vqa", "vqa", {}],
  ["vqa", "vqa", { answer: "generate" }],
  ["nlvr2", "nlvr2", {}],
  ["nlvr2", "nlvr2", { modality: "none" }],
  ["snli-ve", "snli-ve", {}],
  ["snli-ve", "snli-ve", { modality: "text" }],
  ["translate", "multi30k", {}],
  ["translate", "multi30k", { modality: "text" }],
];

describe.each(WORKS)("%s on %s %j", (name, folder, given) => {
  test("learns its few examples by heart", async () => {
    const task = findTask(name);
    const settings = completeSettings(task, { ...given, split: "train" });
    const all = await task.load(join(toybox, folder), settings);
    // without the picture only what the words say can be learnt
    const train = {
      ...all,
      examples: settings.modality === "none" ? all.examples.slice(0, 1) : all.examples.slice(0, 4),
    };
    const one = {
      ...train,
      examples: train.examples.map((example) => ({ ...example, targets: example.targets.slice(0, 1) })),
    };
    const model = await openCheckpoint(checkpoint);
    const out = scratch.at(`${name}-${JSON.stringify(given)}`);
    const recipe = {
      ...{ ...FINETUNING_DEFAULTS, steps: 150, learningRate: 5e-3, batch: 4, fromScratch: false },
      ...{ dropout: 0, stochasticDepth: 0, minCrop: 1 },
    };
    const data = { task, settings, train: one, description: {} };
    const finished = await finetune(out, model, data, recipe, {
      ...{ reportEvery: 20, checkpointEvery: 1000, validateEvery: 1000, dtype: "F32" as const },
      ...{ signal: new AbortController().signal, onReport: () => {}, onMessage: () => {} },
    });
    expect(finished).toBe(true);
    const trained = await openCheckpoint(join(out, "checkpoint"));
    const predictor = createModelPredictor(trained, task, one, {
      settings,
      decoding: { method: "greedy" },
      batchSize: 4,
    });
    const outcomes = await predictor.predict(one.examples);
    const right = outcomes.filter((outcome, i) => {
      const { targets, classScores } = one.examples[i]!;
      const expected = classScores ? one.classes[classScores.indexOf(Math.max(...classScores))] : targets[0];
      return !isFailure(outcome) && outcome.prediction === expected;
    });
    expect(right.length).toBeGreaterThanOrEqual(Math.ceil(0.75 * one.examples.length));
  });
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

test.each([
  ["snli-ve", ["yes", "maybe", "no"]],
  ["vqa", ["0", "1", "2"]],
  ["nlvr2", ["no", "yes"]],
])("a %s head starts from words that stand for its classes: %j", async (task, words) => {
  const out = scratch.at(`${task}-head`);
  const flags = ["--steps", "1", "--batch", "2", "--learning-rate", "1e-9"];
  expect(
    (
      await runCli(
        "finetune",
        "--task",
        task,
        "--data",
        join(toybox, task),
        "--checkpoint",
        checkpoint,
        "--out",
        out,
        ...flags,
      )
    ).code,
  ).toBe(0);
  const { head, weights, tokenizer, config } = await openSimVLM(join(out, "checkpoint"));
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
    [["--task", "vqa", "--data", toybox, "--checkpoint", checkpoint], "has no file of the split train"],
    [["--task", "caption", "--data", join(toybox, "captions"), "--checkpoint", toybox], "is not a checkpoint"],
    [
      ["--task", "nlvr2", "--data", join(toybox, "nlvr2"), "--checkpoint", checkpoint, "--modality", "text"],
      'has no modality "text"',
    ],
    [
      ["--task", "nlvr2", "--data", join(toybox, "nlvr2"), "--checkpoint", checkpoint, "--open-ended"],
      'has no answer "generate"',
    ],
    [["--task", "vqa", "--data", join(toybox, "vqa"), "--checkpoint", checkpoint, "--dropout", "1"], "must be below 1"],
  ] as const) {
    const { code, stderr } = await runCli(...base, ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});
