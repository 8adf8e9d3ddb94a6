import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { hashCheckpoint, hashStoredWeights, hashWeights } from "../../../harness/checkpoints/hash-checkpoint.js";
import { openStoredWeights, WEIGHT_FILES } from "../../../harness/checkpoints/open-stored-weights.js";
import { requireTensors } from "../../../harness/checkpoints/require-tensors.js";
import { writeSafetensors } from "../../../harness/checkpoints/safetensors.js";
import type { WeightArrays } from "../../../harness/layers/weights.js";
import { archiveOf, floats, stateOf, tensor } from "./pytorch-files.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-"));
});

const at = (...names: string[]) => join(folder, ...names);
const a = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const b = { shape: [2], data: Float32Array.of(0.5, -8) };
const weights: WeightArrays = { b, a };

const INDEX = "model.safetensors.index.json";
const writeIndex = (places: unknown, name = INDEX) => writeFile(at(name), JSON.stringify({ weight_map: places }));

async function writeShards(): Promise<void> {
  await writeSafetensors(at("one.safetensors"), { a });
  await writeSafetensors(at("two.safetensors"), { b });
  await writeIndex({ a: "one.safetensors", b: "two.safetensors" });
}

/** The second tensor in each half is transposed, and there is a buffer. */
function writePytorch(path: string): Promise<void> {
  const views = {
    a: tensor({ shape: [2, 3], strides: [1, 2] }),
    b: tensor({ key: "b", count: 2, shape: [2], strides: [1] }),
    ids: tensor({ key: "i", type: "LongStorage", count: 1, shape: [1], strides: [1] }),
  };
  const storages = { 0: floats(1, 4, 2, 5, 3, 6), b: floats(0.5, -8), i: Buffer.alloc(8) };
  return writeFile(path, archiveOf(stateOf(views), storages));
}

async function hashOf(names?: readonly string[]): Promise<string> {
  const stored = await openStoredWeights(folder);
  try {
    return await hashStoredWeights(stored, names);
  } finally {
    await stored.close();
  }
}

test("the same weights have the same hash, whatever files they lie in", async () => {
  const expected = hashWeights(weights);
  await writePytorch(at("pytorch_model.bin"));
  expect(await hashOf()).toBe(expected);
  await writeShards();
  expect(await hashOf()).toBe(expected);
  await writeSafetensors(at("model.safetensors"), weights, { dtype: "F16" });
  expect(await hashOf()).toBe(expected);
  expect(await hashOf(["a"])).toBe(hashWeights({ a }));
  expect((await hashCheckpoint(folder)).weights).toBe(expected);
  expect(await hashCheckpoint(folder, ["none.json"])).toEqual({ files: {} });
  expect(await hashCheckpoint(folder, [], ["b"])).toEqual({ files: {}, weights: hashWeights({ b }) });
});

test("safetensors go before PyTorch's files, and one file before its shards", async () => {
  const sources: string[] = [];
  for (const name of [...WEIGHT_FILES].reverse()) {
    const [kind] = name.split(".index.json");
    if (name.endsWith(".json")) {
      const shard = kind === "pytorch_model.bin" ? "shard.bin" : "shard.safetensors";
      await (kind === "pytorch_model.bin" ? writePytorch(at(shard)) : writeSafetensors(at(shard), { a }));
      await writeIndex({ a: shard }, name);
    } else if (kind === "pytorch_model.bin") await writePytorch(at(name));
    else await writeSafetensors(at(name), { a });
    const stored = await openStoredWeights(folder);
    expect((await stored.read("a")).data).toEqual(a.data);
    sources.push(stored.source);
    await stored.close();
  }
  expect(sources).toEqual([...WEIGHT_FILES].reverse().map((name) => at(name)));
});

test("shards are one: each tensor is read and found in its own", async () => {
  await writeShards();
  const stored = await openStoredWeights(folder);
  expect([...stored.tensors.keys()].sort()).toEqual(["a", "b"]);
  expect(await stored.read("b")).toEqual(b);
  expect(stored.place("b")).toMatchObject({ path: at("two.safetensors"), length: 8 });
  await expect(stored.read("c")).rejects.toMatchObject({ code: "bad-index" });
  await stored.close();
  await expect(stored.read("b")).rejects.toThrow();
});

describe("an index that does not fit is refused", () => {
  test.each<[string, unknown, string, RegExp]>([
    ["no table", [1], "bad-index", /no weight_map/],
    ["nothing in it", {}, "bad-index", /weight_map is empty/],
    ["a number for a file", { a: 1 }, "bad-index", /names no file for "a"/],
    ["a shard that is not there", { a: "three.safetensors" }, "bad-index", /"three.safetensors", which is not there/],
    ["a tensor in another shard", { a: "one.safetensors", b: "one.safetensors" }, "bad-index", /"b" is not in "one/],
    ["a tensor that is nowhere", { a: "one.safetensors", c: "two.safetensors" }, "bad-index", /"c" is not in "two/],
    ["a tensor in two shards", { a: "one.safetensors", b: "copy.safetensors" }, "bad-index", /"a" is in .* and in/],
    ["one file by two names", { a: "one.safetensors", b: "./one.safetensors" }, "bad-index", /"a" is in/],
    ["a shard outside", { a: "../one.safetensors" }, "unsafe-path", /the model's folder/],
    ["a shard of the whole machine", { a: "/etc/passwd" }, "unsafe-path", /passwd/],
    ["a folder", { a: "." }, "unreadable-file", /not a regular file/],
    ["another kind of file", { a: INDEX }, "bad-safetensors", /model\.safetensors\.index\.json/],
  ])("%s", async (_name, places, code, message) => {
    await writeShards();
    await writeSafetensors(at("copy.safetensors"), { a, b });
    await writeIndex(places);
    const refused = expect.objectContaining({ code, message: expect.stringMatching(message) });
    await expect(openStoredWeights(folder)).rejects.toThrow(refused);
  });

  test.each([
    ["no JSON", "{", "bad-index", /not a JSON table/],
    ["a name twice", '{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}', "bad-index", /"a" twice/],
    ["deep nesting", `{"weight_map":${"[".repeat(100_000)}`, "bad-index", /more than 16 deep/],
    ["an LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "lfs-pointer", /git lfs pull/],
  ])("%s", async (_name, text, code, message) => {
    await writeShards();
    await writeFile(at(INDEX), text);
    const refused = expect.objectContaining({ code, message: expect.stringMatching(message) });
    await expect(openStoredWeights(folder)).rejects.toThrow(refused);
  });

  test("one that is far too long is not read", async () => {
    await writeShards();
    await truncate(at(INDEX), 3e9);
    await expect(openStoredWeights(folder)).rejects.toMatchObject({ code: "unreadable-file" });
  });
});

describe.skipIf(process.platform === "win32")("what is no file of weights is refused by name", () => {
  test("nothing at all", async () => {
    await expect(openStoredWeights(folder)).rejects.toMatchObject({
      code: "no-checkpoint",
      message: expect.stringContaining("model.safetensors, model.safetensors.index.json, pytorch_model.bin"),
    });
  });

  test.each([
    ["a folder", () => mkdir(at("model.safetensors")), "unreadable-file"],
    ["a pipe", async () => execFileSync("mkfifo", [at("model.safetensors")]), "unreadable-file"],
    ["a device", () => symlink("/dev/zero", at("model.safetensors")), "unreadable-file"],
    ["a link to nowhere", () => symlink("blobs/gone", at("model.safetensors")), "missing-file"],
    ["a link to itself", () => symlink("model.safetensors", at("model.safetensors")), "unreadable-file"],
  ])("%s, though another file is there", async (_name, make, code) => {
    await writePytorch(at("pytorch_model.bin"));
    await make();
    await expect(openStoredWeights(folder)).rejects.toMatchObject({ code });
    await rm(at("model.safetensors"), { recursive: true });
    await (await openStoredWeights(folder)).close();
  });
});

describe("the weights that a config wants", () => {
  const stored = {
    tensors: new Map([
      ["a", { shape: [2, 3], dtype: "F16" }],
      ["ids", { shape: [1, 9], dtype: "I64" }],
      ["toString", { shape: [1], dtype: "F32" }],
    ] as const),
  };
  const ignore = [/^ids$/, /^toString$/];

  test("may have others beside them that are ignored, and lack what is optional", () => {
    requireTensors(stored, { a: [2, 3] }, { ignore }, "x");
    requireTensors(stored, { a: [2, 3], tied: [2] }, { ignore, optional: ["tied"] }, "x");
  });

  test.each<[string, Record<string, number[]>, RegExp[], RegExp]>([
    ["missing", { a: [2, 3], c: [4] }, ignore, /missing c \[4\]/],
    ["wrong shape", { a: [3, 2] }, ignore, /wrong shape a \[2,3\], should be \[3,2\]/],
    ["wrong type", { a: [2, 3], ids: [1, 9] }, ignore, /wrong type ids \(I64\)/],
    ["unexpected", { a: [2, 3] }, [/^ids$/], /unexpected toString \[1\]/],
    ["unexpected", { a: [2, 3] }, [], /2 weights .*\n.*unexpected ids/],
  ])("what differs is listed: %s", (_name, expected, ignored, message) => {
    const check = () => requireTensors(stored, expected, { ignore: ignored }, "somewhere");
    expect(check).toThrow(
      expect.objectContaining({ code: "checkpoint-mismatch", message: expect.stringMatching(message) }),
    );
    expect(check).toThrow(/^somewhere: /);
  });

  test("an optional one that is there must have its shape", () => {
    const check = () => requireTensors(stored, { a: [9] }, { ignore, optional: ["a"] }, "x");
    expect(check).toThrow(/wrong shape a/);
  });
});
