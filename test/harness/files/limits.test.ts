import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import { SimvlmError } from "@simvlm/metrics";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { readJson, readJsonLines } from "../../../harness/files/json.js";
import { readParallelLines } from "../../../harness/files/lines.js";
import { readText } from "../../../harness/files/text.js";
import { readDocuments } from "../../../harness/formats/documents.js";
import { readFlickr } from "../../../harness/formats/flickr.js";
import { readCaptionResults } from "../../../harness/formats/results.js";
import { readSnliVe } from "../../../harness/formats/snli-ve.js";
import { trainTokenizerFiles } from "../../../harness/text/training/train-files.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();
const Anything = z.looseObject({}).describe("anything");

/** A gzip of so many megabytes of one text, a thousandth of that on the disk. */
async function writeBomb(name: string, start: string, repeated: string, megabytes: number): Promise<string> {
  const path = scratch.at(name);
  const block = Buffer.from(repeated.repeat(Math.ceil((1 << 20) / repeated.length)));
  async function* blocks() {
    yield Buffer.from(start);
    for (let i = 0; i < megabytes; i++) yield block;
  }
  await pipeline(blocks(), createGzip({ level: 1 }), createWriteStream(path));
  return path;
}

/** The most memory that was held, in bytes, while `action` went on. */
async function watchMemory(action: () => Promise<unknown>): Promise<number> {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  const before = process.memoryUsage().rss;
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

describe("what is small packed and huge unpacked is refused by name, in bounded memory", () => {
  let bombs: readonly (readonly [name: string, path: string])[];
  beforeAll(async () => {
    bombs = [
      ["one letter", await writeBomb("letters.json.gz", "", "a", 400)],
      ["one long text", await writeBomb("text.json.gz", '{"text": "', "a", 400)],
      ["brackets", await writeBomb("brackets.json.gz", "", "[", 400)],
      ["small lists", await writeBomb("lists.json.gz", "[", "[],", 400)],
      ["spaces", await writeBomb("spaces.json.gz", "", " ", 400)],
    ];
  });

  test("by every reader", async () => {
    for (const [name, path] of bombs) {
      for (const read of [readJson, readJsonLines]) {
        const action = () => expect(read(path, Anything), `${name}, ${read.name}`).rejects.toThrow(SimvlmError);
        expect(await watchMemory(action), name).toBeLessThan(1.2e9);
      }
      await expect(readText(path)).rejects.toMatchObject({ code: "too-long" });
      await expect(readCaptionResults(path)).rejects.toMatchObject({ message: expect.stringContaining(path) });
      await expect(trainTokenizerFiles([path])).rejects.toMatchObject({ code: "too-long" });
    }
  }, 120_000);

  test("a document that is too long is a fault of its file", async () => {
    for (const [, path] of bombs) {
      const faults: string[] = [];
      for await (const _ of readDocuments(path, (where, problem) => faults.push(`${where}: ${problem}`)));
      expect(faults).toEqual([expect.stringMatching(/breaks off after line 0: .*more than 67108864 bytes/)]);
    }
  });
});

test("what is short and takes much memory is refused before it is parsed", async () => {
  const many = scratch.write("many.json", `[${"[],".repeat(9_000_000)}[]]`);
  await expect(readJson(many, z.array(z.unknown()))).rejects.toMatchObject({ code: "excessive-json" });
  const deep = scratch.write("deep.json", "[".repeat(30_000) + "]".repeat(30_000));
  for (const read of [readJson, readJsonLines]) {
    await expect(read(deep, z.array(z.unknown()))).rejects.toMatchObject({
      code: "excessive-json",
      message: expect.stringMatching(/deep\.json.*nested more than 200 deep/),
    });
  }
});

test.skipIf(process.platform === "win32")(
  "a pipe or a device in the place of a file is refused, and not waited for",
  async () => {
    const pipe = scratch.at("pipe");
    execFileSync("mkfifo", [pipe]);
    const drain = async (path: string) => {
      for await (const _ of readDocuments(path, () => {}));
    };
    for (const path of [pipe, "/dev/zero"]) {
      for (const read of [readText, readCaptionResults, drain]) {
        await expect(read(path)).rejects.toMatchObject({ code: "unreadable-file" });
      }
      await expect(readJson(path, Anything)).rejects.toMatchObject({ code: "unreadable-file" });
      await expect(trainTokenizerFiles([path])).rejects.toMatchObject({ code: "unreadable-file" });
    }
  },
);

test("more lines, rows or records than are held in memory are refused by name, however small the file", async () => {
  const packed = (name: string, text: string) => scratch.write(name, gzipSync(text));
  const [lines, empty] = [
    packed("lines.txt.gz", "a\n".repeat(1_000_001)),
    packed("empty.txt.gz", "\n".repeat(1 << 23)),
  ];
  const said = '{"image_id":1,"caption":"a"}';
  const many = 2_500_001;
  const cases: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    [lines, (path) => readParallelLines([path, path])],
    [empty, (path) => readParallelLines([path, path])],
    [empty, readFlickr],
    [empty, (path) => readJsonLines(path, Anything)],
    [packed("said.jsonl.gz", `${said}\n`.repeat(many)), readCaptionResults],
    [packed("said.csv.gz", `image_id,caption\n${"1,a\n".repeat(many)}`), readCaptionResults],
    [packed("pairs.csv.gz", `pairID,Flickr30kID,hypothesis,gold_label\n${"1,2,a,neutral\n".repeat(many)}`), readSnliVe],
  ];
  for (const [path, read] of cases) {
    const refuse = () =>
      expect(read(path)).rejects.toMatchObject({ code: "too-long", message: expect.stringContaining(path) });
    expect(await watchMemory(refuse), path).toBeLessThan(1.2e9);
  }
}, 60_000);
