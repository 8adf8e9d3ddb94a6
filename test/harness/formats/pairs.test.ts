import { join } from "node:path";
import { expect, test } from "vitest";
import { readMulti30k } from "../../../harness/formats/multi30k.js";
import { readNlvr2 } from "../../../harness/formats/nlvr2.js";
import { readSnliVe } from "../../../harness/formats/snli-ve.js";
import { temporaryFiles } from "../files/temporary.js";
import { fixture } from "./fixture.js";

const write = temporaryFiles();

test("NLVR2: a sentence group is one sentence of one set", async () => {
  const examples = await readNlvr2(fixture("nlvr2.jsonl"), { imageRoot: "dev" });
  expect(examples[1]).toEqual({
    id: "dev-1-2-0",
    sentence: "There are two mugs.",
    images: [join("dev", "dev-1-2-img0.png"), join("dev", "dev-1-2-img1.png")],
    label: false,
    sentenceGroup: "dev-1-0",
  });
  expect(examples.map(({ label, sentenceGroup }) => [label, sentenceGroup])).toEqual([
    [true, "dev-1-0"],
    [false, "dev-1-0"],
    [true, "dev-1-1"],
    [false, "dev-8-0"],
  ]);
});

test.each([
  ["a cut line", '{"identifier": "dev-1-0-0", "sent', "not-json", "nlvr2.jsonl, line 2: not JSON"],
  [
    "another label",
    '{"identifier": "dev-1-0-1", "sentence": "s", "label": "yes"}',
    "wrong-schema",
    "line 2: label: expected True or False",
  ],
  [
    "an identifier of another form",
    '{"identifier": "dev-1-0", "sentence": "s", "label": "True"}',
    "wrong-schema",
    "line 2: identifier: expected split-set-pair-sentence",
  ],
  [
    "a path in the identifier",
    '{"identifier": "../x-1-0-0", "sentence": "s", "label": "True"}',
    "wrong-schema",
    "line 2: identifier",
  ],
  [
    "an example twice",
    '{"identifier": "dev-1-0-0", "sentence": "s", "label": "True"}',
    "duplicate-id",
    "id dev-1-0-0.",
  ],
])("NLVR2: %s is refused", async (_, line, code, message) => {
  const reading = readNlvr2(
    write("nlvr2.jsonl", `{"identifier": "dev-1-0-0", "sentence": "s", "label": true}\n${line}`),
  );
  await expect(reading).rejects.toMatchObject({ code });
  await expect(reading).rejects.toThrow(message);
});

test("SNLI-VE: pairs without a label are set apart", async () => {
  expect(await readSnliVe(fixture("snli-ve.jsonl"), { imageRoot: "flickr30k" })).toEqual({
    examples: [
      {
        id: "55.jpg#0r1e",
        file: join("flickr30k", "55.jpg"),
        premise: "A man runs.",
        hypothesis: "Someone moves.",
        label: "entailment",
      },
      {
        id: "66.jpg#1r1c",
        file: join("flickr30k", "66.jpg"),
        premise: "A cat sleeps, alone.",
        hypothesis: "The cat is awake.",
        label: "contradiction",
      },
    ],
    unlabelled: ["55.jpg#0r1n"],
  });
});

test("e-SNLI-VE: the same from csv, without premises", async () => {
  expect(await readSnliVe(fixture("esnli-ve.csv"), { imageRoot: "flickr30k" })).toEqual({
    examples: [
      {
        id: "55.jpg#0r1e",
        file: join("flickr30k", "55.jpg"),
        hypothesis: 'Someone moves, "fast".',
        label: "entailment",
      },
      {
        id: "66.jpg#1r1c",
        file: join("flickr30k", "66.jpg"),
        hypothesis: "The cat\nis awake.",
        label: "contradiction",
      },
    ],
    unlabelled: ["66.jpg#1r1n"],
  });
});

const pair = { pairID: "1", gold_label: "neutral", sentence2: "s", Flickr30K_ID: "55" };

test.each([
  [
    "another label",
    [pair, { ...pair, pairID: "2", gold_label: "maybe" }],
    "wrong-schema",
    'line 2: gold_label: expected one of "entailment"',
  ],
  ["no image", [{ ...pair, Flickr30K_ID: undefined }], "wrong-schema", "line 1: Flickr30K_ID: expected an image id"],
  ["an image elsewhere", [{ ...pair, Flickr30K_ID: "../55" }], "unsafe-path", 'pair 1: the file name "../55.jpg"'],
  ["a pair twice", [pair, pair], "duplicate-id", "id 1."],
  ["no labelled pair", [{ ...pair, gold_label: "-" }], "empty-file", "snli-ve.jsonl has no examples"],
])("SNLI-VE: %s is refused", async (_, lines, code, message) => {
  const reading = readSnliVe(write("snli-ve.jsonl", lines.map((line) => JSON.stringify(line)).join("\n")));
  await expect(reading).rejects.toMatchObject({ code });
  await expect(reading).rejects.toThrow(message);
});

test("e-SNLI-VE: a broken row is given by number", async () => {
  const header = "pairID,Flickr30kID,hypothesis,gold_label";
  await expect(readSnliVe(write("e.csv", `${header}\n1,55.jpg,s,neutral\n2,55.jpg`))).rejects.toMatchObject({
    code: "bad-csv",
    message: expect.stringContaining("e.csv, line 3"),
  });
  await expect(readSnliVe(write("e.csv", `${header}\n1,55.jpg,s,maybe`))).rejects.toMatchObject({
    code: "wrong-schema",
    message: expect.stringContaining("e.csv, line 2: gold_label"),
  });
});

const multi30k = { source: fixture("multi30k.en"), target: fixture("multi30k.de") };

test("Multi30k: line n with line n, the number is the id", async () => {
  const images = fixture("multi30k.images");
  const examples = await readMulti30k({ ...multi30k, images }, { imageRoot: "flickr30k" });
  expect(examples).toEqual([
    { id: "1", source: "A man reads.", target: "Ein Mann liest.", file: join("flickr30k", "1.jpg") },
    { id: "2", source: "", target: "Ein Hund.", file: join("flickr30k", "2.jpg") },
    {
      id: "3",
      source: "A bird\u2028on a roof.",
      target: "Ein Vogel auf einem Dach.",
      file: join("flickr30k", "3.jpg"),
    },
  ]);
  expect((await readMulti30k(multi30k))[0]).toEqual({ id: "1", source: "A man reads.", target: "Ein Mann liest." });
});

test("Multi30k: files that do not go together are refused", async () => {
  await expect(readMulti30k({ ...multi30k, images: write("images.txt", "1.jpg\n") })).rejects.toMatchObject({
    code: "different-line-counts",
    message: expect.stringMatching(/multi30k\.en has 3 lines, .*multi30k\.de has 3 lines, .*images\.txt has 1 lines/),
  });
  const empty = write("empty.txt", "");
  await expect(readMulti30k({ source: empty, target: empty })).rejects.toMatchObject({ code: "empty-file" });
  const images = write("images.txt", "1.jpg\n../2.jpg\n3.jpg\n");
  await expect(readMulti30k({ ...multi30k, images })).rejects.toThrow(/images\.txt, line 2: the file name/);
});
