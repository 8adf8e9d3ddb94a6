import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { trainVocabulary } from "../../../harness/training/train-vocabulary.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();

test.each<[string, string | Uint8Array, RegExp]>([
  ["no archive", "I am no archive", /one\.tar\. The first that cannot be read is .*one\.tar: the archive is broken/],
  ["an archive of nothing", new Uint8Array(1024), /one\.tar\. Check that/],
])("a shard that is %s: why there are no words is said", async (_, content, message) => {
  const pairs = [scratch.write("one.tar", content)];
  await expect(trainVocabulary({ pairs, documents: [] }, 100)).rejects.toMatchObject({ code: "no-examples", message });
});

test("documents that break off before the first, each path named once", async () => {
  const path = scratch.write("train-0.json.gz", gzipSync('{"text": "a dog"}\n').subarray(0, 14));
  const { message } = (await trainVocabulary({ pairs: [], documents: [path] }, 100).catch(
    (error: Error) => error,
  )) as Error;
  expect(message).toMatch(/The first that cannot be read is .*: the file breaks off after line 0: broken gzip data/);
  expect(message.split("train-0.json.gz")).toHaveLength(3); // of what, and which
});
