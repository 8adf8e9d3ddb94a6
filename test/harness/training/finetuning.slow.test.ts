import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../harness/models/family-registry.js";
import { createModelPredictor } from "../../../harness/sources/model-predictor.js";
import { isFailure } from "../../../harness/tasks/prediction.js";
import { completeSettings, type TaskName, type TaskSettings } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { finetune } from "../../../harness/training/finetuning.js";
import { FINETUNING_DEFAULTS } from "../../../harness/training/finetuning-recipe.js";
import { Scratch } from "../cli/run-cli.js";
import { writeTaskWorld } from "./small-world.js";

const scratch = new Scratch();
let toybox: string;
let checkpoint: string;

beforeAll(async () => {
  ({ toybox, checkpoint } = await writeTaskWorld(scratch));
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
