import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { loadImages } from "../../../harness/images/load-image.js";
import { hashModel, openCheckpoint } from "../../../harness/models/family-registry.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { runTask } from "../../../harness/runs/run-task.js";
import { createModelPredictor } from "../../../harness/sources/model-predictor.js";
import { isFailure, type Prediction } from "../../../harness/tasks/prediction.js";
import { completeSettings, type GivenSettings, type TaskExample } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { project, runCli, Scratch } from "../cli/run-cli.js";

vi.mock(import("../../../harness/images/load-image.js"), async (original) => {
  const actual = await original();
  return { ...actual, loadImages: vi.fn(actual.loadImages) };
});

const CAPTIONERS = join(project, "fixtures/captioners");
const beach = join(project, "fixtures/images/beach.jpg");
const street = join(project, "fixtures/images/street.png");
const scratch = new Scratch();
const vqa = findTask("vqa");
const asked = completeSettings(vqa, { answer: "generate" });

const QUESTIONS = ["what is it?", "is there any sea in the picture at all?", "where", "what colour is the street?"];
const examples = [beach, beach, street, street, beach].map((file, i): TaskExample => {
  return { id: String(i), images: [file], prefix: QUESTIONS[i % QUESTIONS.length]!, targets: [] };
});
const data = { examples, files: [], classes: [] };

beforeEach(() => {
  vi.mocked(loadImages).mockClear();
});

/** What a model answers in batches of a size. */
async function answer(folder: string, batchSize: number): Promise<Prediction[]> {
  const predictor = createModelPredictor(await openCheckpoint(folder), vqa, data, { settings: asked, batchSize });
  const answers: Prediction[] = [];
  const batches = Array.from({ length: Math.ceil(examples.length / batchSize) }, (_, i) => {
    return examples.slice(i * batchSize, (i + 1) * batchSize);
  });
  for (const [i, batch] of batches.entries()) {
    for (const outcome of await predictor.predict(batch, batches[i + 1])) {
      if (isFailure(outcome)) throw new Error(outcome.error);
      answers.push(outcome);
    }
  }
  return answers;
}

describe.each(["git", "git-vqa", "blip", "blip-vqa", "vit-gpt2"])("%s", (name) => {
  test("answers do not depend on the batch", async () => {
    const folder = join(CAPTIONERS, name);
    const alone = await answer(folder, 1);
    for (const size of [2, 3, 8]) {
      const together = await answer(folder, size);
      expect(together.map(({ prediction }) => prediction)).toEqual(alone.map(({ prediction }) => prediction));
      for (const [i, { logProbability }] of together.entries()) {
        expect(logProbability).toBeCloseTo(alone[i]!.logProbability!, 4);
      }
    }
    if (name !== "vit-gpt2") expect(new Set(alone.map(({ logProbability }) => logProbability)).size).toBeGreaterThan(2);
  });
});

test("a file is loaded once for a batch, and the last of the batch before not again", async () => {
  await answer(join(CAPTIONERS, "git-vqa"), 2);
  expect(vi.mocked(loadImages).mock.calls.map(([files]) => files)).toEqual([[beach], [street], [beach]]);
  vi.mocked(loadImages).mockClear();
  await answer(join(CAPTIONERS, "git-vqa"), 3);
  expect(vi.mocked(loadImages).mock.calls.map(([files]) => files)).toEqual([[beach, street], [beach]]);
});

test("a picture that several questions are about goes through the network once", async () => {
  const model = await openCheckpoint(join(CAPTIONERS, "blip-vqa"));
  const shown: (Float32Array | undefined)[] = [];
  const noting = {
    ...model,
    toBatch: (all: Parameters<typeof model.toBatch>[0], places?: number) => {
      shown.push(...all.map(({ image }) => image));
      return model.toBatch(all, places);
    },
  };
  const predictor = createModelPredictor(noting, vqa, data, { settings: asked, batchSize: 2 });
  await predictor.predict(examples.slice(0, 2), examples.slice(2, 4));
  await predictor.predict(examples.slice(2, 4));
  expect(shown[0]).toBe(shown[1]);
  expect(shown[2]).toBe(shown[3]);
  expect(shown[1]).not.toBe(shown[2]);
});

test("a model with much memory for each picture is given few at a time, unless somebody says otherwise", async () => {
  const model = await openCheckpoint(join(CAPTIONERS, "git"));
  const sizeOf = (options: { batchSize?: number }, { usualBatch: _, ...rest } = model) =>
    createModelPredictor("batchSize" in options ? rest : model, vqa, data, { settings: asked, ...options }).batchSize;
  expect(model.usualBatch).toBe(8);
  expect(sizeOf({})).toBe(8);
  expect(sizeOf({ batchSize: 5 })).toBe(5);
  const { usualBatch: _, ...other } = model;
  expect(createModelPredictor(other, vqa, data, { settings: asked }).batchSize).toBe(32);
});

test("a question is needed where a model only answers, a picture where it looks", async () => {
  const model = await openCheckpoint(join(CAPTIONERS, "blip-vqa"));
  const caption = findTask("caption");
  const pictures = { examples: [{ id: "1", images: [beach], targets: [] }], files: [], classes: [] };
  const predictor = (more: object, asked: GivenSettings = {}) =>
    createModelPredictor(
      model,
      caption,
      { ...pictures, examples: [{ ...pictures.examples[0]!, ...more }] },
      { settings: completeSettings(caption, asked) },
    );
  expect(() => predictor({})).toThrow(/answers questions/);
  expect(() => predictor({ prefix: " " })).toThrow(/answers questions/);
  expect(() => predictor({ prefix: "what is it?" })).not.toThrow();
  expect(() => predictor({ prefix: "what is it?", images: [] }, { modality: "none" })).toThrow(
    /says nothing without a picture/,
  );
});

describe("simvlm run", () => {
  const run = (name: string, out: string, ...more: string[]) =>
    runCli(
      "run",
      "--task",
      "vqa",
      "--data",
      "fixtures/kept/vqa",
      "--limit",
      "4",
      "--out",
      scratch.at(out),
      "--checkpoint",
      name,
      ...more,
    );
  const manifestOf = (out: string) => scratch.readJson<Manifest>(`${out}/manifest.json`);

  test.each(["git-vqa", "blip-vqa"])("%s has no classifier, so its answers are generated", async (name) => {
    const folder = join(CAPTIONERS, name);
    const { code, stderr } = await run(folder, name);
    expect([code, stderr]).toEqual([0, expect.stringContaining("no classification head: its answers are generated")]);
    const { settings, source, decoding } = manifestOf(name);
    expect(settings.answer).toBe("generate");
    expect(source).toMatchObject({
      family: name.split("-")[0],
      preprocessing: "reference",
      framing: { size: expect.any(Number) },
    });
    expect(decoding).toMatchObject({ search: name === "git-vqa" ? "git" : "transformers", maxLength: 10 });
    expect((source.hashes as { weights: string }).weights).toMatch(/^[0-9a-f]{64}$/);
    expect((await runCli("verify", scratch.at(name))).stdout).toContain("checkpoint");
    const again = await run(folder, name, "--open-ended");
    expect(again.stderr).toContain("is already finished");
  });

  test("a program's run has them generated, too", async () => {
    const request = { data: join(project, "fixtures/kept/vqa"), from: { checkpoint: join(CAPTIONERS, "git-vqa") } };
    const finished = await runTask("vqa", { ...request, out: scratch.at("program"), limit: 2 });
    expect(finished!.manifest.settings.answer).toBe("generate");
  });

  test("a label curve of a model that cannot be trained is refused before its captions", async () => {
    const { code, stderr } = await runCli(
      ...["label-curve", "--data", "fixtures/kept/nocaps", "--test", "fixtures/kept/nocaps", "--labels", "1"],
      ...["--steps", "1", "--checkpoint", join(CAPTIONERS, "git"), "--out", scratch.at("curve")],
    );
    expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot be trained|train/)]);
    expect(scratch.list()).not.toContain("curve");
  });

  test("a SimVLM whose head is missing is refused as ever", async () => {
    const { code, stderr } = await run("fixtures/checkpoints/caption", "headless");
    expect([code, stderr]).toEqual([2, expect.stringContaining("Fine-tune it for this task first")]);
    expect(scratch.list()).not.toContain("headless");
  });

  test("a task that is never generated is refused without advice that cannot be followed", async () => {
    const { code, stderr } = await runCli(
      ...["run", "--task", "snli-ve", "--data", "fixtures/kept/snli-ve", "--out", scratch.at("no")],
      ...["--checkpoint", join(CAPTIONERS, "git")],
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("Its family knows none")]);
  });

  test("shards of other batches, merged, are the whole run; a folder of the cache is the same model", async () => {
    const folder = join(CAPTIONERS, "git");
    const snapshot = scratch.at("hub/models--we--git/snapshots/1234");
    mkdirSync(snapshot, { recursive: true });
    mkdirSync(scratch.at("hub/models--we--git/blobs"));
    for (const file of [
      "config.json",
      "model.safetensors",
      "preprocessor_config.json",
      "tokenizer_config.json",
      "vocab.txt",
    ]) {
      cpSync(join(folder, file), scratch.at(`hub/models--we--git/blobs/${file}`));
      symlinkSync(join("../../blobs", file), join(snapshot, file));
    }
    const caption = (out: string, checkpoint: string, ...more: string[]) =>
      runCli(
        ...[
          "run",
          "--task",
          "caption",
          "--data",
          "fixtures/kept/nocaps",
          "--checkpoint",
          checkpoint,
          "--out",
          scratch.at(out),
          ...more,
        ],
      );
    expect(await caption("whole", snapshot)).toMatchObject({ code: 0, stderr: "" });
    for (const index of [1, 2]) {
      const done = await caption(`part-${index}`, snapshot, "--shard", `${index}/2`, "--batch-size", `${index}`);
      expect(done.code).toBe(0);
    }
    expect(
      (await runCli("merge", scratch.at("part-1"), scratch.at("part-2"), "--out", scratch.at("merged"))).code,
    ).toBe(0);
    const results = (out: string) => readFileSync(scratch.at(`${out}/results.json`), "utf8");
    expect(results("merged")).toBe(results("whole"));
    // The same folder by its place in the cache is the same run.
    const again = await caption("whole", scratch.at("hub/models--we--git"));
    expect(again.stderr).toContain("is already finished");
  });
});

test("weights have one hash whatever files they lie in", async () => {
  const folder = join(CAPTIONERS, "vit-gpt2"); // pytorch_model.bin, with copies that nothing reads
  const { weights } = await hashModel(folder);
  const exported = scratch.at("exported");
  expect((await runCli("export", folder, "--out", exported)).code).toBe(0);
  expect((await hashModel(exported)).weights).toBe(weights);
});
