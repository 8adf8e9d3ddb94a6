import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { pretrain } from "../../../harness/training/pretraining.js";
import { PRETRAINING_DEFAULTS } from "../../../harness/training/pretraining-recipe.js";
import type { TrainingOptions } from "../../../harness/training/run-training.js";
import { readTrainingLog } from "../../../harness/training/training-log.js";
import { Scratch } from "../cli/run-cli.js";
import { blink, freshBlink, writeToybox } from "./small-world.js";

const scratch = new Scratch();
let web: string;
let text: string;

beforeAll(async () => {
  const toybox = await writeToybox(scratch, ["web", "text"], 24);
  [web, text] = [join(toybox, "web"), join(toybox, "text")];
});

const quiet: TrainingOptions = {
  reportEvery: 10,
  checkpointEvery: 1000,
  validateEvery: 1000,
  dtype: "F32",
  signal: new AbortController().signal,
  onReport: () => {},
  onMessage: () => {},
};

function data() {
  return {
    pairs: [join(web, "train-00000.tar")],
    documents: [join(text, "train-00000.json.gz")],
    validation: [join(web, "val-00000.tar")],
  };
}

test("a tiny pretraining learns its pairs: the loss falls from above 3 to below 2 nats a token", async () => {
  const recipe = { ...PRETRAINING_DEFAULTS, steps: 280, learningRate: 1e-2, pairs: 12, documents: 4, minCrop: 1 };
  const out = scratch.at("tiny");
  expect(await pretrain(out, freshBlink(), data(), { ...recipe, prefixLength: 12, suffixLength: 16 }, quiet)).toBe(
    true,
  );
  const losses = (await readTrainingLog(join(out, "log.jsonl")))
    .filter(({ type }) => type === "step")
    .map(({ loss }) => loss as number);
  expect(losses[0]).toBeGreaterThan(3);
  expect(losses.at(-1)).toBeLessThan(2);
  const samples = (await readTrainingLog(join(out, "log.jsonl"))).filter(({ type }) => type === "sample");
  expect(samples).toHaveLength(4);
  const { config } = await loadCheckpoint(join(out, "checkpoint"));
  expect(config).toEqual(blink);
});
