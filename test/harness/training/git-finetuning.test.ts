import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeCheckpoint } from "../../../harness/checkpoints/checkpoint.js";
import { compile } from "../../../harness/engine/index.js";
import { toNatives } from "../../../harness/layers/native.js";
import type { WeightArrays, Weights } from "../../../harness/layers/weights.js";
import { openCheckpoint } from "../../../harness/models/family-registry.js";
import { createRandom } from "../../../harness/random.js";
import { captionTask as task } from "../../../harness/tasks/caption-task.js";
import { completeSettings } from "../../../harness/tasks/task.js";
import { finetune } from "../../../harness/training/finetuning.js";
import { loadFinetuningData } from "../../../harness/training/finetuning-data.js";
import { FINETUNING_DEFAULTS } from "../../../harness/training/finetuning-recipe.js";
import { Trainer } from "../../../harness/training/trainer.js";
import { readTrainingLog } from "../../../harness/training/training-log.js";
import { project, runCli, Scratch } from "../cli/run-cli.js";

const captioners = join(project, "fixtures/captioners");
const git = join(captioners, "git");
const scratch = new Scratch();
const data = scratch.at("captions");

/** Of the pictures that the captioner knows, and says something else of. */
const CAPTIONS = { "beach.jpg": "a blue ball in a field", "street.png": "two yellow boats at night" };

beforeAll(() => {
  mkdirSync(data);
  const names = Object.keys(CAPTIONS);
  for (const name of names) copyFileSync(join(project, "fixtures/images", name), join(data, name));
  const images = names.map((file_name, id) => ({ id, file_name }));
  const annotations = Object.values(CAPTIONS).map((caption, id) => ({ id, image_id: id, caption }));
  writeFileSync(join(data, "captions_train.json"), JSON.stringify({ images, annotations }));
});

/** Trains for some steps; stopped after `stop` of them, it continues when it is called again. */
async function train(out: string, steps: number, stop?: number): Promise<boolean> {
  const settings = completeSettings(task, { split: "train" });
  const stopping = new AbortController();
  const recipe = { ...FINETUNING_DEFAULTS, dropout: 0.1, stochasticDepth: 0, fromScratch: false };
  const own = { steps, batch: 2, learningRate: 3e-3 };
  return finetune(
    out,
    await openCheckpoint(git),
    await loadFinetuningData(task, data, settings),
    { ...recipe, ...own },
    {
      ...{ reportEvery: 1, checkpointEvery: 2, validateEvery: 1000, dtype: "F32" },
      signal: stopping.signal,
      onMessage: () => {},
      onReport: ({ step }) => {
        if (step === stop) stopping.abort();
      },
    },
  );
}

function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}

test("GIT learns captions of its user's, and leaves a folder like the one that it came from", async () => {
  const out = scratch.at("trained");
  const trained = join(out, "checkpoint");
  const options = [
    "--task",
    "caption",
    "--data",
    data,
    "--checkpoint",
    git,
    "--learning-rate",
    "3e-3",
    "--dropout",
    "0",
  ];
  const finetuning = await runCli("finetune", ...options, "--steps", "60", "--batch", "4", "--out", out);
  expect([finetuning.code, finetuning.stdout]).toEqual([0, `${trained}\n`]);

  const losses = (await readTrainingLog(join(out, "log.jsonl"))).flatMap(({ type, loss }) =>
    type === "step" ? [loss] : [],
  );
  expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);

  const before = filesOf(git);
  const after = filesOf(trained);
  expect(Object.keys(after).sort()).toEqual([...Object.keys(before), "recipe.json"].sort());
  for (const name of Object.keys(before).filter((name) => name !== "model.safetensors"))
    expect(after[name], name).toBe(before[name]);
  expect(after["model.safetensors"]).toContain('"format":"pt"'); // without it the reference refuses the file

  for (const [name, caption] of Object.entries(CAPTIONS)) {
    const { stdout } = await runCli("caption", join(data, name), "--checkpoint", trained);
    expect(stdout).toContain(caption);
  }
  const run = scratch.at("run");
  const nocaps = ["--data", join(project, "fixtures/kept/nocaps"), "--limit", "1"];
  expect((await runCli("run", "--task", "caption", ...nocaps, "--checkpoint", trained, "--out", run)).code).toBe(0);
  const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8")) as {
    source: { hashes: { files: object } };
  };
  expect(Object.keys(manifest.source.hashes.files)).toContain("recipe.json");
  expect((await runCli("inspect", trained, "--check")).code).toBe(0);
});

test("GIT learns answers, which it generates unasked", async () => {
  const out = scratch.at("answers");
  const vqa = ["--task", "vqa", "--data", join(project, "fixtures/kept/vqa"), "--split", "test"];
  const options = [...vqa, "--checkpoint", join(captioners, "git-vqa"), "--steps", "2", "--batch", "2", "--out", out];
  const { code, stderr } = await runCli("finetune", ...options, "--label-smoothing", "0.1");
  const recipe = JSON.parse(readFileSync(join(out, "recipe.json"), "utf8")) as object;
  expect(recipe).toMatchObject({ learningRate: 1e-5, dropout: 0.1, labelSmoothing: 0.1 });
  expect([code, stderr]).toEqual([0, expect.stringContaining("no classification head: its answers are generated")]);
  const files = readdirSync(join(out, "checkpoint"));
  expect(files).toContain("model.safetensors"); // it came in three parts
  expect(files.filter((name) => name.includes("-of-"))).toEqual([]);
});

test("a training that was stopped ends with the same bytes", async () => {
  const [whole, stopped] = [scratch.at("whole"), scratch.at("stopped")];
  expect(await train(whole, 5)).toBe(true);
  expect(await train(stopped, 5, 3)).toBe(false);
  expect(readdirSync(join(stopped, "steps"))).toContain("step-00000003");
  expect(await train(stopped, 5)).toBe(true);
  expect(filesOf(join(stopped, "checkpoint"))).toEqual(filesOf(join(whole, "checkpoint")));
});

describe("what is learnt", () => {
  const toRow = async (prompt: readonly number[], text: readonly number[], places = { prompt: 2, text: 3 }) => {
    const { trainable, preparation } = await openCheckpoint(git);
    const image = new Float32Array(preparation.framing.size ** 2 * 3);
    const { batch, weight } = trainable!.generation.toBatch([{ image, prompt, text }], places, createRandom(1));
    const row = (name: string) => Array.from((batch[name] as unknown as { data: Float32Array }).data);
    return { tokens: row("tokens"), targets: row("targets"), weights: row("targetWeights"), weight };
  };

  test("the text and its end, of a prompt nothing, and no padding", async () => {
    expect(await toRow([7], [8, 9])).toEqual({
      tokens: [101, 7, 8, 9, 0, 0],
      targets: [7, 8, 9, 102, 0, 0],
      weights: [0, 1, 1, 1, 0, 0],
      weight: 3,
    });
  });

  test("of a text that is longer than its places the beginning, and that it ends nowhere", async () => {
    const long = Array.from({ length: 40 }, (_, i) => 110 + i);
    const { tokens, targets, weight } = await toRow([7, 7], long, { prompt: 2, text: 40 });
    expect([tokens.length, targets.at(-1), weight]).toEqual([32, long[29], 30]);
  });
});

test("padding learns nothing, even where a text says it", async () => {
  const { trainable, preparation } = await openCheckpoint(git);
  const image = new Float32Array(preparation.framing.size ** 2 * 3).fill(0.5);
  const weights = await trainable!.readWeights();
  const places = { prompt: 0, text: 4 };
  const part = trainable!.generation.toBatch([{ image, prompt: [], text: [140, 0, 150] }], places, createRandom(1));
  const trainer = new Trainer(trainable!.generation, { weights }, { weightDecay: 0 });
  await trainer.step([part], 1, 1e-2);
  const row = (all: WeightArrays, token: number) => {
    const { shape, data } = all["git.embeddings.word_embeddings.weight"]!;
    return data.slice(token * shape[1]!, (token + 1) * shape[1]!);
  };
  const trained = trainer.arrays().weights;
  expect(row(trained, 0)).toEqual(row(weights, 0));
  expect(row(trained, 140)).not.toEqual(row(weights, 140));
  await trainer.dispose();
});

test("a word embedding that is the output layer, too, has the reference's gradient", async () => {
  // transformers 5.24, PyTorch 2.15: the loss, and the beginning of three rows, padding's among them.
  const expected = {
    0: [0.142802, -0.221894, -0.197695],
    140: [-0.424666, 0.307212, -0.440044],
    3: [-0.00116, -0.002791, 0.009261],
  };
  const { trainable: untied } = await openCheckpoint(git);
  const { "output.weight": _, ...rest } = await untied!.readWeights();
  const { "config.json": config, ...files } = await untied!.readFiles();
  const tied = JSON.stringify({ ...(JSON.parse(config!) as object), tie_word_embeddings: true });
  await writeCheckpoint(scratch.at("tied"), { files: { ...files, "config.json": tied }, weights: rest });

  const { trainable } = await openCheckpoint(scratch.at("tied"));
  const { generation } = trainable!;
  const weights = await trainable!.readWeights();
  const example = { image: new Float32Array(32 * 32 * 3).fill(0.5), prompt: [], text: [140, 0, 150] };
  const { batch } = generation.toBatch([example], { prompt: 0, text: 3 }, createRandom(1));
  const inputs = { weights: toNatives(weights), batch: toNatives(batch as WeightArrays) };
  const compiled = await compile(
    (all: { weights: Weights; batch: Weights }) => generation.lossAndGradients(all.weights, all.batch, undefined),
    inputs,
  );
  const { loss, gradients } = await compiled.run(inputs);
  await compiled.dispose();
  expect(loss.data[0]).toBeCloseTo(5.501186, 4);
  const { shape, data } = gradients["git.embeddings.word_embeddings.weight"]!;
  for (const [token, row] of Object.entries(expected))
    for (const [i, value] of row.entries()) expect(data[Number(token) * shape[1]! + i]).toBeCloseTo(value, 4);
});

/** Loss and gradients of two captions, compiled as training compiles them. */
async function differentiate(noise: WeightArrays | undefined) {
  const { trainable } = await openCheckpoint(git);
  const image = new Float32Array(32 * 32 * 3).fill(0.5);
  const texts = [
    [140, 150, 160],
    [141, 151, 161],
  ];
  const examples = texts.map((text) => ({ image, prompt: [], text }));
  const { batch } = trainable!.generation.toBatch(examples, { prompt: 0, text: 3 }, createRandom(1));
  const inputs = {
    weights: toNatives(await trainable!.readWeights()),
    batch: toNatives(batch as WeightArrays),
    noise: noise && toNatives(noise),
  };
  const compiled = await compile(
    (all: { weights: Weights; batch: Weights; noise?: Weights | undefined }) =>
      trainable!.generation.lossAndGradients(all.weights, all.batch, all.noise),
    inputs,
  );
  const result = await compiled.run(inputs);
  await compiled.dispose();
  return result;
}

describe("dropout", () => {
  const sizes = { examples: 2, pictures: 2, prompt: 0, text: 3 };
  const draw = async (dropout: number, seed: number) => {
    const { trainable } = await openCheckpoint(git);
    return trainable!.sampleNoise!(sizes, { dropout, stochasticDepth: 0 }, createRandom(seed)) as WeightArrays;
  };

  test("is where the reference has it", async () => {
    // transformers 5.24, PyTorch 2.15, every seventh number left out in the place of those that its nn.Dropout draws.
    const noise = Object.entries(await draw(0.1, 1)).map(([name, { shape, data }]) => {
      return [name, { shape, data: data.map((_, i) => (i % 7 === 0 ? 0 : 7 / 6)) }] as const;
    });
    const { loss, gradients } = await differentiate(Object.fromEntries(noise));
    expect(loss.data[0]).toBeCloseTo(8.882655, 4);
    const sum = (name: string) => Array.from(gradients[name]!.data).reduce((all, value) => all + Math.abs(value), 0);
    expect(sum("git.encoder.layer.0.attention.output.dense.weight")).toBeCloseTo(99.03072, 2);
    expect(sum("git.embeddings.word_embeddings.weight")).toBeCloseTo(60.13293, 2);
    expect((await differentiate(undefined)).loss.data[0]).not.toBeCloseTo(8.882655, 2);
  });

  test("leaves out the share that is asked for, and is the same for the same seed", async () => {
    const noise = await draw(0.25, 3);
    for (const [name, { data }] of Object.entries(noise)) {
      const dropped = data.filter((factor) => factor === 0).length / data.length;
      expect(Math.abs(dropped - 0.25), name).toBeLessThan(0.1);
      expect(new Set(data).size).toBe(2);
      expect(Math.max(...data)).toBeCloseTo(4 / 3, 6);
    }
    expect(await draw(0.25, 3)).toEqual(noise);
    expect(await draw(0.25, 4)).not.toEqual(noise);
  });

  test("of a family that has none is refused", async () => {
    const model = await openCheckpoint(git);
    const { sampleNoise: _, ...trainable } = model.trainable!;
    const examples = await loadFinetuningData(task, data, completeSettings(task, { split: "train" }));
    const own = { ...FINETUNING_DEFAULTS, steps: 1, batch: 2, learningRate: 1e-3, fromScratch: false };
    const watching = { signal: new AbortController().signal, onMessage: () => {}, onReport: () => {} };
    const attempt = (out: string, rates: object) =>
      finetune(
        scratch.at(out),
        { ...model, trainable: { ...trainable, tokenizerText: model.trainable!.tokenizerText } },
        examples,
        { ...own, ...rates },
        { reportEvery: 1, checkpointEvery: 2, validateEvery: 1000, dtype: "F32", ...watching },
      );
    await expect(attempt("loud", {})).rejects.toMatchObject({ code: "no-noise" });
    expect(existsSync(scratch.at("loud"))).toBe(false);
    expect(await attempt("quiet", { dropout: 0, stochasticDepth: 0 })).toBe(true);
  });
});

describe("bad input", () => {
  const never = scratch.at("never");
  const attempt = (checkpoint: string, ...more: string[]) =>
    runCli("finetune", "--data", data, "--checkpoint", checkpoint, "--out", never, "--steps", "1", ...more);

  test.each(["blip", "blip-vqa", "vit-gpt2", "clip"])("a %s is not fine-tuned yet", async (name) => {
    const { code, stderr } = await attempt(join(captioners, name), "--task", "caption");
    expect([code, stderr]).toEqual([2, expect.stringMatching(`${name} cannot be fine-tuned yet: `)]);
    expect(existsSync(never)).toBe(false);
  });

  test.each([
    ["from scratch", ["--task", "caption", "--from-scratch"], /git cannot be trained from scratch/],
    ["without pictures", ["--task", "caption", "--modality", "none"], /says nothing without a picture/],
  ])("%s", async (_, more, message) => {
    const { code, stderr } = await attempt(git, ...more);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(never)).toBe(false);
  });

  test("a head, and pretraining", async () => {
    const judged = ["--task", "snli-ve", "--data", join(project, "fixtures/kept/snli-ve"), "--split", "test"];
    const { code, stderr } = await attempt(git, ...judged);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/has no classification heads/)]);
    const pretraining = await runCli(
      "pretrain",
      "--pairs-from",
      data,
      "--checkpoint",
      git,
      "--out",
      never,
      "--steps",
      "1",
    );
    expect(pretraining.code).toBe(2);
    expect(existsSync(never)).toBe(false);
  });
});

test("a training that was stopped goes on with the same captions only", async () => {
  const out = scratch.at("changed-captions");
  const file = join(data, "captions_train.json");
  const before = readFileSync(file, "utf8");
  expect(await train(out, 4, 2)).toBe(false);
  try {
    writeFileSync(file, before.replace("a blue ball", "a red ball"));
    await expect(train(out, 4)).rejects.toMatchObject({ code: "changed-data", message: expect.stringContaining(out) });
  } finally {
    writeFileSync(file, before);
  }
  expect(await train(out, 4)).toBe(true);
});

test("one that an earlier version began, which did not write down what its data held, goes on", async () => {
  const out = scratch.at("begun-earlier");
  expect(await train(out, 4, 2)).toBe(false);
  const hashes = join(out, "data.sha256");
  writeFileSync(hashes, `${readFileSync(hashes, "utf8").split("\n")[0]}\n`);
  expect(await train(out, 4)).toBe(true);
});
