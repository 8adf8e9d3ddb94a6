import { expect, test } from "vitest";
import { readDocuments } from "../../../harness/formats/documents.js";
import type { PairColumns } from "../../../harness/formats/parquet-pairs.js";
import { readWebPairs } from "../../../harness/formats/web-pairs.js";
import { temporaryFiles } from "../files/temporary.js";
import { formatParquet, type ParquetValue } from "../files/write-parquet.js";

const write = temporaryFiles();
const [red, blue] = [Buffer.from("red"), Buffer.from("blue")];
const picture = (bytes: Uint8Array | null) => ({ bytes, path: "a.jpg" });

async function collect(columns: Record<string, readonly ParquetValue[]>, chosen?: PairColumns) {
  const path = write("00000.parquet", formatParquet(columns, 2));
  const faults: string[] = [];
  const pairs: string[][] = [];
  const onFault = (where: string, problem: string) => faults.push(`${where.replace(path, "FILE")}: ${problem}`);
  for await (const { id, text, image } of readWebPairs(path, onFault, chosen)) {
    pairs.push([id.replace(path, "FILE"), text, image.toString()]);
  }
  return { pairs, faults };
}

test.each<[string, Record<string, readonly ParquetValue[]>]>([
  ["as the hub serves them", { image: [picture(red), picture(blue)], caption: ["a dog", " a cat "], width: [1, 2] }],
  ["as img2dataset writes them", { key: ["0", "1"], jpg: [red, blue], caption: ["a dog", "a cat"], url: ["x", "y"] }],
  [
    "as the hub's view of WebDataset",
    { __key__: ["0", "1"], png: [picture(red), picture(blue)], txt: ["a dog", "a cat"] },
  ],
])("pairs %s", async (_, columns) => {
  expect(await collect(columns)).toEqual({
    pairs: [
      ["FILE: row 1", "a dog", "red"],
      ["FILE: row 2", "a cat", "blue"],
    ],
    faults: [],
  });
});

test("each of several texts makes a pair; what lacks one or the other is named", async () => {
  const image = [picture(red), picture(null), picture(blue)];
  expect(await collect({ image, captions: [["a dog", "ein Hund"], ["x"], []] })).toEqual({
    pairs: [
      ["FILE: row 1", "a dog", "red"],
      ["FILE: row 1, text 2", "ein Hund", "red"],
    ],
    faults: ["FILE: row 2: no picture", "FILE: row 3: an image without text"],
  });
});

test.each<[string, Record<string, readonly ParquetValue[]>, string, RegExp]>([
  [
    "addresses alone",
    { url: ["https://example.org/a.jpg"], caption: ["a"] },
    "pictures-elsewhere",
    /00000\.parquet: the column url .*never fetched/,
  ],
  [
    "addresses as pictures",
    { image: ["https://example.org/a.jpg"], text: ["a"] },
    "pictures-elsewhere",
    /the column image/,
  ],
  ["names alone", { image: [picture(null)], text: ["a"] }, "pictures-elsewhere", /the column image/],
  [
    "two texts",
    { image: [picture(red)], text: ["a"], caption: ["b"] },
    "ambiguous-columns",
    /text and caption could each be the texts/,
  ],
  [
    "no text",
    { image: [picture(red)], label: [1] },
    "wrong-schema",
    /no column of texts: looked for caption, .*found image, label/,
  ],
])("%s: refused by name", async (_, columns, code, message) => {
  await expect(collect(columns)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test("columns may be named", async () => {
  const columns = { image: [picture(red)], text: ["a"], caption: ["b"] };
  expect((await collect(columns, ["image", "caption"])).pairs).toEqual([["FILE: row 1", "b", "red"]]);
  await expect(collect(columns, ["photo", "caption"])).rejects.toThrow(/no column photo, but image, text, caption/);
});

test("a file that is no Parquet, for all its name", async () => {
  const path = write("00000.parquet", "{}");
  await expect(readWebPairs(path, () => {}).next()).rejects.toMatchObject({ code: "bad-parquet" });
});

test("documents in Parquet", async () => {
  const path = write("train-00000.parquet", formatParquet({ text: [" one ", null, "two"], url: ["x", "y", "z"] }));
  const [texts, faults] = [[] as string[], [] as string[]];
  for await (const { text } of readDocuments(path, (where) => faults.push(where.replace(path, "FILE"))))
    texts.push(text);
  expect({ texts, faults }).toEqual({ texts: ["one", "two"], faults: ["FILE, row 2"] });
});
