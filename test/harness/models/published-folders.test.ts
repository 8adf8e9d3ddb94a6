import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { openStoredWeights } from "../../../harness/checkpoints/open-stored-weights.js";
import { writeSafetensors } from "../../../harness/checkpoints/safetensors.js";
import type { WeightArray } from "../../../harness/layers/weights.js";
import { familyOf, hashModel, openCheckpoint } from "../../../harness/models/family-registry.js";

const CAPTIONERS = resolve("fixtures/captioners");

test("a captioner in shards has the hash that it has in one file; an unused buffer does not change it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "simvlm-"));
  await cp(join(CAPTIONERS, "git-vqa"), folder, { recursive: true });
  const before = await hashModel(folder);
  const stored = await openStoredWeights(folder);
  const weights: Record<string, WeightArray> = {};
  for (const [name, { dtype }] of stored.tensors) if (dtype !== "I64") weights[name] = await stored.read(name);
  await stored.close();
  for (const name of await readdir(folder)) if (/^model.*safetensors/.test(name)) await rm(join(folder, name));
  const buffer = { "git.embeddings.position_ids": { shape: [1], data: new Float32Array(1) } };
  await writeSafetensors(join(folder, "model.safetensors"), { ...buffer, ...weights });
  expect(await hashModel(folder)).toEqual(before);
  expect(before.weights).toMatch(/^[0-9a-f]{64}$/);
  weights["output.bias"]!.data[0]! += 1;
  await writeSafetensors(join(folder, "model.safetensors"), weights);
  expect((await hashModel(folder)).weights).not.toBe(before.weights);
});

test.each(["git", "git-vqa", "blip", "blip-vqa", "vit-gpt2", "clip"])("the weights of %s are hashed", async (name) => {
  const { weights } = await hashModel(join(CAPTIONERS, name));
  expect(weights).toMatch(/^[0-9a-f]{64}$/);
});

test("a captioner of the cache opens by its name, through the links that the client makes", async () => {
  const cache = await mkdtemp(join(tmpdir(), "simvlm-"));
  const model = join(cache, "models--org--blip");
  const snapshot = join(model, "snapshots", "c0ffee");
  for (const folder of [join(model, "blobs"), join(model, "refs"), snapshot]) await mkdir(folder, { recursive: true });
  for (const name of await readdir(join(CAPTIONERS, "blip"))) {
    await cp(join(CAPTIONERS, "blip", name), join(model, "blobs", `blob-of-${name}`));
    await symlink(`../../blobs/blob-of-${name}`, join(snapshot, name));
  }
  await writeFile(join(model, "refs", "main"), "c0ffee");
  vi.stubEnv("HF_HUB_CACHE", cache);
  try {
    expect((await familyOf("org/blip")).name).toBe("blip");
    expect(await hashModel("org/blip")).toEqual(await hashModel(join(CAPTIONERS, "blip")));
    expect((await openCheckpoint("org/blip")).source).toBe(snapshot);
  } finally {
    vi.unstubAllEnvs();
  }
});
