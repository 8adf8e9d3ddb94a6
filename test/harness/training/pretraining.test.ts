import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { readWebPairs } from "../../../harness/formats/web-pairs.js";
import type { HostTensor } from "../../../harness/layers/weights.js";
import { loadCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { createRandom } from "../../../harness/random.js";
import { openPretrainingBatches, type PretrainingBatchOptions } from "../../../harness/training/pretraining-batches.js";
import { PRETRAINING_DEFAULTS } from "../../../harness/training/pretraining-recipe.js";
import { readTrainingLog } from "../../../harness/training/training-log.js";
import { BINARY, project, runCli, Scratch } from "../cli/run-cli.js";
import { freshBlink, tokenizer, writeToybox } from "./small-world.js";

const scratch = new Scratch();
let web: string;
let text: string;

beforeAll(async () => {
  const toybox = await writeToybox(scratch, ["web", "text"], 24);
  [web, text] = [join(toybox, "web"), join(toybox, "text")];
});

const STEPS = 9;
const flags = () => [
  ...["pretrain", "--pairs-from", web, "--documents-from", text, "--image-size", "32", "--steps", String(STEPS)],
  ...["--pairs", "3", "--documents", "1", "--prefix-length", "8", "--suffix-length", "8", "--report-every", "1"],
  ...["--checkpoint-every", "2", "--validate-every", "100", "--threads", "1"],
];
const weightsOf = (out: string) => readFileSync(join(out, "checkpoint", "model.safetensors"));

describe("stopped and continued", () => {
  let whole: Buffer;
  beforeAll(async () => {
    const out = scratch.at("whole");
    const { code, stdout } = await runCli(...flags(), "--out", out);
    expect([code, stdout]).toEqual([0, `${out}/checkpoint\n`]);
    whole = weightsOf(out);
    expect(readdirSync(out).sort()).toEqual([
      "checkpoint",
      "data.sha256",
      "log.jsonl",
      "recipe.json",
      "tokenizer.json",
    ]);
    const recipe = readFileSync(join(out, "checkpoint", "recipe.json"), "utf8");
    expect(recipe).toBe(readFileSync(join(out, "recipe.json"), "utf8"));
    expect(JSON.parse(recipe)).toMatchObject({ kind: "pretraining", steps: STEPS, seed: 1, pairs: 3 });
  }, 60_000);

  async function interrupt(out: string, signal: NodeJS.Signals): Promise<number | null> {
    const child = spawn(process.execPath, [BINARY, ...flags(), "--out", out], { cwd: project });
    const exit = once(child, "exit");
    while (!(await readTrainingLog(join(out, "log.jsonl"))).some(({ step }) => step >= 5)) await pause(20);
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  test("killed in the middle: the same weights bit for bit", async () => {
    const out = scratch.at("killed");
    await interrupt(out, "SIGKILL");
    expect(existsSync(join(out, "checkpoint"))).toBe(false);
    expect((await runCli(...flags(), "--out", out)).code).toBe(0);
    expect(weightsOf(out).equals(whole)).toBe(true);
    const steps = (await readTrainingLog(join(out, "log.jsonl")))
      .filter(({ type }) => type === "step")
      .map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
  });

  test.each([
    ["SIGINT", 130],
    ["SIGUSR2", 75],
  ] as const)("%s: saved after the step, exit code %i, and the same weights in the end", async (signal, code) => {
    const out = scratch.at(signal);
    expect(await interrupt(out, signal)).toBe(code);
    expect((await runCli(...flags(), "--out", out)).code).toBe(0);
    expect(weightsOf(out).equals(whole)).toBe(true);
  });

  test("it is not continued with other options, and what is already finished is not trained again", async () => {
    const out = scratch.at("whole");
    expect(await runCli(...flags(), "--out", out)).toMatchObject({
      code: 0,
      stdout: `${out}/checkpoint\n`,
      stderr: expect.stringContaining("is already finished"),
    });
    const other = await runCli(...flags(), "--out", out, "--seed", "7");
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/other options: seed was 1, now 7/);
  });
});

test("a loss that is no number stops the training, names the batch and keeps the weights before it", async () => {
  const out = scratch.at("diverged");
  const { code, stderr } = await runCli(...flags(), "--out", out, "--learning-rate", "1e30");
  expect(code).toBe(2);
  expect(stderr).toMatch(/Step \d+ gave a loss of .*Its batch: .*train-00000\.tar: \d+;/s);
  expect(readdirSync(join(out, "steps"))).toHaveLength(1);
});

test("short texts first, then all of them from what was learnt: longer ones are passed over, the start is kept", async () => {
  const [short, all] = [scratch.at("short"), scratch.at("all")];
  const [, ...common] = flags();
  expect((await runCli("pretrain", ...common, "--longest-text", "12", "--out", short)).code).toBe(0);
  const { ids } = await openFirstBatch({ longestText: 12 });
  const texts = new Map<string, string>();
  for await (const { id, text } of readWebPairs(join(web, "train-00000.tar"), () => {})) texts.set(id, text);
  const lengths = ids.map((id) => tokenizer.encode(texts.get(id)!).length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(12);
  expect(Math.max(...[...texts.values()].map((text) => tokenizer.encode(text).length))).toBeGreaterThan(12);

  const onward = common.filter((flag, i) => flag !== "--image-size" && common[i - 1] !== "--image-size");
  const fromShort = ["pretrain", ...onward, "--checkpoint", join(short, "checkpoint"), "--out", all];
  expect((await runCli(...fromShort, "--learning-rate", "1e-12")).code).toBe(0);
  const [before, after] = [
    await loadCheckpoint(join(short, "checkpoint")),
    await loadCheckpoint(join(all, "checkpoint")),
  ];
  expect(after.config).toEqual(before.config);
  expect(after.tokenizer).toBe(before.tokenizer);
  const name = "text.embedding";
  const [start, end] = [before, after].map(({ weights }) => weights[name]!.data);
  expect(Math.max(...end!.map((value, i) => Math.abs(value - start![i]!)))).toBeLessThan(1e-6);
  const other = await runCli(...fromShort, "--preset", "toy");
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/--checkpoint.*--preset/)]);
});

test("without any of the variants, a recipe draws what it drew before there were any", async () => {
  const model = freshBlink();
  const data = { pairs: [join(web, "train-00000.tar")], documents: [join(text, "train-00000.json.gz")] };
  const batches = await openPretrainingBatches(data, model, {
    ...PRETRAINING_DEFAULTS,
    ...{ batcher: model.trainable!.pretraining!, random: createRandom(1), bufferSize: 100, onFault: () => {} },
    signal: new AbortController().signal,
  });
  const drawn: unknown[] = [];
  for (let step = 1; step <= 3; step++) {
    for (const { batch } of (await batches.next(step)).parts) {
      drawn.push(["prefixTokens", "suffixTokens", "targets"].map((name) => [...(batch[name] as HostTensor).data]));
    }
  }
  await batches.close();
  const hash = createHash("sha256");
  for (const each of drawn) hash.update(JSON.stringify(each));
  expect(hash.digest("hex")).toBe("326b664c86cd7204d2bfedf649392769c645cef44e654328307379a65262bd6b");
});

async function openFirstBatch(changes: Partial<PretrainingBatchOptions>) {
  const model = freshBlink();
  const batches = await openPretrainingBatches({ pairs: [join(web, "train-00000.tar")], documents: [] }, model, {
    ...PRETRAINING_DEFAULTS,
    ...{
      batcher: model.trainable!.pretraining!,
      random: createRandom(1),
      bufferSize: 100,
      onFault: () => {},
      signal: new AbortController().signal,
      ...changes,
    },
  });
  const batch = await batches.next(1);
  await batches.close();
  return batch;
}

describe("what an ablation takes apart", () => {
  const train = async (name: string, ...more: string[]) => {
    const out = scratch.at(name);
    const base = flags().map((flag, i, all) => (all[i - 1] === "--steps" ? "1" : flag));
    const found = await runCli(...base, ...more, "--out", out);
    expect(found.code, found.stderr).toBe(0);
    const recipe = scratch.readJson<Readonly<Record<string, unknown>>>(join(name, "recipe.json"));
    return { recipe, ...(await loadCheckpoint(join(out, "checkpoint"))) };
  };

  test.each([
    ["objective-lm", ["--objective", "lm"], { objective: "lm" }],
    ["objective-spans", ["--objective", "span-corruption"], { objective: "span-corruption" }],
    ["fixed", ["--fixed-prefix", "3"], { fixedPrefix: 3 }],
    ["eighth", ["--pair-share", "50%"], { pairShare: 0.5 }],
    ["wrong", ["--wrong-pairs", "0.5"], { wrongPairs: 0.5 }],
  ] as const)("%s: in the recipe, and other weights than without", async (name, more, said) => {
    const { recipe, weights } = await train(name, ...more);
    expect(recipe).toMatchObject(said);
    const plain = await train("plain");
    for (const key of Object.keys(said)) expect(plain.recipe).not.toHaveProperty(key);
    expect(weights["text.embedding"]!.data).not.toEqual(plain.weights["text.embedding"]!.data);
  });

  test.each([
    ["stack", ["--layout", "decoder-only"], { layout: "decoder-only", encoderLayers: 0, decoderLayers: 6 }],
    ["linear", ["--conv-blocks", "0"], { convBlocks: [] }],
    ["three", ["--conv-blocks", "1,1,1"], { convBlocks: [1, 1, 1] }],
    ["narrow", ["--width", "64", "--layers", "2,1"], { width: 64, mlpWidth: 256, encoderLayers: 2, decoderLayers: 1 }],
  ] as const)("%s: the checkpoint loads with its config", async (name, more, changed) => {
    expect((await train(name, ...more)).config).toMatchObject(changed);
  });

  test("text alone: no pairs are asked for, and the conv stage is only decayed", async () => {
    const base = ["--documents-from", text, "--steps", "1", "--prefix-length", "8", "--suffix-length", "8"];
    const alone = [...base, "--image-size", "32", "--threads", "1", "--pairs", "0", "--documents", "3"];
    const { code, stderr } = await runCli("pretrain", ...alone, "--out", scratch.at("text-alone"));
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("pairs:")]);
    const nothing = await runCli("pretrain", ...base, "--pairs", "3", "--out", scratch.at("n"));
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("name pairs with --pairs-from")]);
    const neither = ["--pairs", "0", "--documents", "0", "--pairs-from", web, "--out", scratch.at("neither")];
    expect((await runCli("pretrain", ...base, ...neither)).stderr).toContain("neither pairs nor documents");
    const both = ["--pairs-from", web, "--objective", "lm", "--fixed-prefix", "3", "--out", scratch.at("both")];
    expect((await runCli("pretrain", ...base, ...both)).stderr).toContain("The objective lm has no prefix");
    const odd = ["--pairs-from", web, "--width", "130", "--out", scratch.at("odd")];
    expect((await runCli("pretrain", ...base, ...odd)).stderr).toContain("width: must be a multiple of heads");
    for (const name of ["n", "neither", "both"]) expect(existsSync(scratch.at(name))).toBe(false);
  });
});

test("bad options", async () => {
  for (const [args, message] of [
    [["--pairs-from", scratch.at("nowhere"), "--out", scratch.at("n"), "--steps", "1"], "cannot be read"],
    [["--pairs-from", text, "--out", scratch.at("n"), "--steps", "1"], "has no train-*.tar"],
    [["--pairs-from", web, "--out", text, "--steps", "1"], "is not empty"],
    [["--pairs-from", web, "--out", scratch.at("n"), "--steps", "0"], "--steps"],
    [["--pairs-from", web, "--out", scratch.at("n"), "--steps", "1", "--checkpoint", web], "config.json"],
  ] as const) {
    const { code, stderr } = await runCli("pretrain", ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  expect(existsSync(scratch.at("n"))).toBe(false);
});
