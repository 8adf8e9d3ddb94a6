import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { expandBraces } from "../../../harness/training/brace-names.js";
import {
  describeShards,
  findDocuments,
  findPairs,
  findValidationPairs,
} from "../../../harness/training/find-shards.js";
import { Scratch } from "../cli/run-cli.js";

function folderOf(...names: readonly string[]): string {
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  for (const name of names) scratch.write(name, "");
  return scratch.path;
}
const namesOf = async (found: Promise<{ shards: readonly string[] }>) =>
  (await found).shards.map((path) => basename(path));

test.each<[string, readonly string[], readonly string[]]>([
  [
    "img2dataset's folder",
    ["00001.tar", "00000.tar", "00000.parquet", "00001.parquet", "00000_stats.json", "._00000.tar", "._00000.parquet"],
    ["00000.tar", "00001.tar"],
  ],
  ["packed", ["00000.tar.gz", "00001.tgz"], ["00000.tar.gz", "00001.tgz"]],
  ["Toybox's", ["train-00000.tar", "val-00000.tar", "README.md"], ["train-00000.tar"]],
  [
    "others' names",
    ["cc3m-train-0000.tar", "cc3m-train-0001.tar", "cc3m-val-0000.tar", "test_0.tar"],
    ["cc3m-train-0000.tar", "cc3m-train-0001.tar"],
  ],
  ["names of words that are no splits", ["evaluated-latest.tar"], ["evaluated-latest.tar"]],
  [
    "the hub's",
    ["data/train-00000-of-00002-ab.parquet", "data/validation-00000-of-00001.parquet", "README.md"],
    ["train-00000-of-00002-ab.parquet"],
  ],
  ["Parquet of its own names", ["0000.parquet", "0001.parquet"], ["0000.parquet", "0001.parquet"]],
])("pairs: %s", async (_, names, expected) => {
  expect(await namesOf(findPairs(folderOf(...names)))).toEqual(expected);
});

test("held-out pairs", async () => {
  expect((await findValidationPairs(folderOf("train-0.tar", "val-0.tar"))).map((path) => basename(path))).toEqual([
    "val-0.tar",
  ]);
  expect(await findValidationPairs(folderOf("0.tar"))).toEqual([]);
});

test.each([
  [
    ["c4-train.00000-of-01024.json.gz", "c4-validation.00000-of-00008.json.gz", "._c4-train.00001-of-01024.json.gz"],
    ["c4-train.00000-of-01024.json.gz"],
  ],
  [
    ["c4-de.tfrecord-00000-of-01024.json.gz", "c4-de-validation.tfrecord-00000-of-00001.json.gz"],
    ["c4-de.tfrecord-00000-of-01024.json.gz"],
  ],
  [["train-00000.json.gz", "val-00000.json.gz"], ["train-00000.json.gz"]],
])("documents: %j", async (names, expected) => {
  expect(await namesOf(findDocuments(folderOf(...names)))).toEqual(expected);
});

test("documents one folder down, as C4 unpacks; of several folders one is to be named", async () => {
  const scratch = new Scratch();
  for (const variant of ["en", "realnewslike"]) {
    mkdirSync(scratch.at(variant));
    if (variant === "realnewslike") expect(await namesOf(findDocuments(scratch.path))).toHaveLength(1);
    scratch.write(`${variant}/c4-train.00000-of-01024.json.gz`, "");
  }
  await expect(findDocuments(scratch.path)).rejects.toThrow(
    /several folders of such files: .*en, .*realnewslike\. Name one/,
  );
  expect(await namesOf(findDocuments(scratch.at("realnewslike")))).toEqual(["c4-train.00000-of-01024.json.gz"]);
});

test("shards by name: one, or numbers in braces", async () => {
  const folder = folderOf("a-000.tar", "a-001.tar", "a-002.tar", "b.tar");
  const found = await findPairs(join(folder, "a-{000..002}.tar"));
  expect(found.shards.map((path) => basename(path))).toEqual(["a-000.tar", "a-001.tar", "a-002.tar"]);
  expect(describeShards(found)).toBe("3 files, a-000.tar to a-002.tar (by name)");
  expect(await namesOf(findPairs(join(folder, "b.tar")))).toEqual(["b.tar"]);
  await expect(findPairs(join(folder, "a-{001..003}.tar"))).rejects.toMatchObject({
    code: "missing-file",
    message: expect.stringMatching(/a-003\.tar cannot be read: there is no such file/),
  });
});

test.each([
  ["x/{8..11}.tar", ["x/8.tar", "x/9.tar", "x/10.tar", "x/11.tar"]],
  ["{a,b}-{0..1}", ["a-0", "a-1", "b-0", "b-1"]],
  ["a-{00..01}::b", ["a-00", "a-01", "b"]],
  ["plain", ["plain"]],
  ["{a}-{}-{0..1}", ["{a}-{}-0", "{a}-{}-1"]],
])("braces: %s", (pattern, names) => {
  expect(expandBraces(pattern)).toEqual(names);
});

test.each(["{5..1}", "{0..99999999}", "{0..999}{0..999}{0..999}"])("braces that are refused: %s", (pattern) => {
  expect(() => expandBraces(pattern)).toThrow(expect.objectContaining({ code: "bad-pattern" }));
});

test("a folder without any is told with what was looked for and found", async () => {
  await expect(findPairs(folderOf("00000_stats.json"))).rejects.toMatchObject({
    code: "no-shards",
    message: expect.stringMatching(/has no train-\*\.tar, 00000\.tar, .*; found 00000_stats\.json, data\.$/),
  });
});
