import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashCheckpoint, hashWeights } from "../../../../harness/checkpoints/hash-checkpoint.js";
import { readSafetensors, writeSafetensors } from "../../../../harness/checkpoints/safetensors.js";
import { initializeWeights } from "../../../../harness/models/simvlm/parameters.js";
import {
  type Checkpoint,
  loadCheckpoint,
  saveCheckpoint,
} from "../../../../harness/models/simvlm/simvlm-checkpoint.js";
import { createRandom } from "../../../../harness/random.js";
import { randomHead, tiny } from "./tiny.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-"));
});
afterAll(() => rm(folder, { recursive: true }));

const weights = initializeWeights(tiny, createRandom(1));
const checkpoint: Checkpoint = { config: tiny, weights, tokenizer: '{"version": "1.0"}\n' };

test("a checkpoint comes back as it was saved, and nothing else is left", async () => {
  const path = join(folder, "runs", "one");
  await saveCheckpoint(path, checkpoint);
  expect(await loadCheckpoint(path)).toEqual({ ...checkpoint, head: undefined, training: undefined });
  expect((await readdir(path)).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  expect(await readdir(join(folder, "runs"))).toEqual(["one"]);
});

test("head and training state are kept; the latter is loaded on demand", async () => {
  const path = join(folder, "trained");
  const head = { classes: 3, passes: 1 } as const;
  const training = { state: { step: 12, loss: 0.5 }, tensors: { "moment.1": weights["text.embedding"]! } };
  const full = {
    ...checkpoint,
    weights: { ...weights, ...randomHead(head, tiny, 2) },
    head,
    training,
  };
  await saveCheckpoint(path, full);
  expect(await loadCheckpoint(path, { training: true })).toEqual(full);
  expect((await loadCheckpoint(path)).training).toBeUndefined();
});

test("saving again replaces the checkpoint as a whole", async () => {
  const path = join(folder, "again");
  await saveCheckpoint(path, { ...checkpoint, training: { state: 1, tensors: {} } });
  const other = initializeWeights(tiny, createRandom(7));
  await saveCheckpoint(path, { config: tiny, weights: other });
  expect((await readdir(path)).sort()).toEqual(["config.json", "model.safetensors"]);
  expect((await loadCheckpoint(path)).weights).toEqual(other);
});

test("a save that fails leaves the old checkpoint and no draft", async () => {
  const path = join(folder, "failing");
  await saveCheckpoint(path, checkpoint);
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  await expect(saveCheckpoint(path, { ...checkpoint, training: { state: cyclic, tensors: {} } })).rejects.toThrow(
    /circular/,
  );
  expect((await loadCheckpoint(path)).weights).toEqual(weights);
  expect((await readdir(folder)).filter((name) => name.includes("failing"))).toEqual(["failing"]);
});

test("a folder that is no checkpoint is neither replaced nor loaded", async () => {
  const path = join(folder, "home");
  await mkdir(path);
  await writeFile(join(path, "letter.txt"), "dear");
  await expect(saveCheckpoint(path, checkpoint)).rejects.toMatchObject({ code: "not-a-checkpoint" });
  expect(await readFile(join(path, "letter.txt"), "utf8")).toBe("dear");
  await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: "no-checkpoint" });
  await expect(loadCheckpoint(join(folder, "nowhere"))).rejects.toThrow(/config\.json is missing/);
});

test("every weight that differs is counted, the first ten are named", async () => {
  const path = join(folder, "differing");
  await saveCheckpoint(path, checkpoint);
  const { "decoder.norm.bias": _, ...rest } = weights;
  const swapped = { shape: [32, 16], data: weights["encoder.0.mlp.input.kernel"]!.data };
  const changed = {
    ...rest,
    "encoder.0.mlp.input.kernel": swapped,
    "head.kernel": { shape: [1], data: new Float32Array(1) },
  };
  await writeSafetensors(join(path, "model.safetensors"), changed);
  const error = await loadCheckpoint(path).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: "checkpoint-mismatch" });
  expect((error as Error).message).toMatch(/3 weights do not match the config/);
  expect((error as Error).message).toMatch(/missing decoder\.norm\.bias \[16\]/);
  expect((error as Error).message).toMatch(/wrong shape encoder\.0\.mlp\.input\.kernel \[32,16\], should be \[16,32\]/);
  expect((error as Error).message).toMatch(/unexpected head\.kernel \[1\]/);

  await writeFile(join(path, "config.json"), JSON.stringify({ ...tiny, width: 32 }));
  const wider = await loadCheckpoint(path).catch((thrown: Error) => thrown.message);
  expect((wider as string).match(/wrong shape|missing|unexpected/g)!.length).toBe(10);
  expect(wider).toMatch(/… and \d+ more$/);
  await expect(saveCheckpoint(join(folder, "never"), { config: tiny, weights: rest })).rejects.toThrow(
    /missing decoder\.norm\.bias/,
  );
});

test("hashes: files byte for byte, weights by value whatever the storage", async () => {
  const path = join(folder, "hashed");
  await saveCheckpoint(path, checkpoint, { dtype: "BF16" });
  const { weights: rounded } = await loadCheckpoint(path);
  const hashes = await hashCheckpoint(path);
  const bytes = await readFile(join(path, "model.safetensors"));
  expect(hashes.files["model.safetensors"]).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(Object.keys(hashes.files).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  expect(hashes.weights).toBe(hashWeights(rounded));

  await writeSafetensors(join(path, "model.safetensors"), Object.fromEntries(Object.entries(rounded).reverse()));
  const again = await hashCheckpoint(path);
  expect(again.weights).toBe(hashes.weights);
  expect(again.files["model.safetensors"]).not.toBe(hashes.files["model.safetensors"]);
  expect(hashWeights(await readSafetensors(join(path, "model.safetensors")))).toBe(hashes.weights);
  expect(hashWeights(weights)).not.toBe(hashes.weights);
});
