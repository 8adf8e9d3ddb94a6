import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readBytes } from "../../../harness/files/bytes.js";
import { readJson } from "../../../harness/files/json.js";
import { readText } from "../../../harness/files/text.js";
import { readDocuments } from "../../../harness/formats/documents.js";
import { readWebPairs } from "../../../harness/formats/web-pairs.js";
import { loadImage } from "../../../harness/images/load-image.js";
import { loadTokenizer } from "../../../harness/text/load-tokenizer.js";
import { trainVocabulary } from "../../../harness/training/train-vocabulary.js";
import { LFS_POINTER } from "../../broken-folders.js";
import { runCli, Scratch } from "../cli/run-cli.js";

/*
 * A repository that was cloned without Git LFS has a pointer in the place of any file.
 */

const scratch = new Scratch();
let path: string;

beforeAll(() => {
  path = scratch.write("pointer", LFS_POINTER);
});

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const READERS: Readonly<Record<string, () => Promise<unknown>>> = {
  "a picture": () => loadImage(path),
  "a picture's bytes, as an archive has them": () => loadImage({ name: path, bytes: Buffer.from(LFS_POINTER) }),
  "a shard of pairs": () => readAll(readWebPairs(path, () => {})),
  "a file of documents": () => readAll(readDocuments(path, () => {})),
  "the texts that a vocabulary is learnt from": () => trainVocabulary({ pairs: [path], documents: [] }, 100),
  "a tokenizer": () => loadTokenizer(path),
  annotations: () => readJson(path, z.object({}).describe("annotations")),
  "a text": () => readText(path),
  "whatever else": () => readBytes(path),
};

test.each(Object.keys(READERS))("%s", async (what) => {
  await expect(READERS[what]!()).rejects.toMatchObject({
    code: "lfs-pointer",
    message: expect.stringMatching(/pointer is a Git LFS pointer.*git lfs pull/),
  });
});

test("one of an older program", async () => {
  const old = scratch.write("old", LFS_POINTER.replace("git-lfs", "hawser"));
  await expect(readBytes(old)).rejects.toMatchObject({ code: "lfs-pointer" });
});

test("a text that only speaks of them is a text", async () => {
  expect(await readText(scratch.write("note", `see ${LFS_POINTER}`))).toContain("see version");
});

describe("on the command line", () => {
  test.each<[string, () => readonly string[]]>([
    ["pictures", () => ["caption", path]],
    ["references", () => ["score", "--task", "caption", "--references", path, "--predictions", path]],
    ["a tokenizer", () => ["tokenizer", "encode", "a", "--tokenizer", path]],
    ["a text to learn from", () => ["tokenizer", "train", path, "--out", scratch.at("tokenizer.json")]],
    ["a notebook", () => ["notebook", "run", scratch.write("a.ipynb", LFS_POINTER)]],
    [
      "a plug-in",
      () => [
        "score",
        "--plugin",
        scratch.write("plugin.mjs", LFS_POINTER),
        "--task",
        "caption",
        "--references",
        path,
        "--predictions",
        path,
      ],
    ],
    ["a report", () => ["verify", scratch.write("report.html", LFS_POINTER)]],
  ])("%s", async (_, args) => {
    const { code, stderr } = await runCli(...args());
    expect(stderr).toContain("is a Git LFS pointer");
    expect(code).toBe(2);
  });
});
