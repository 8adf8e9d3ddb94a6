import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { meteor } from "@simvlm/metrics";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { installMeteor } from "../../../harness/metric-data/meteor/install.js";
import { openParaphrases, readParaphrases } from "../../../harness/metric-data/meteor/paraphrases.js";
import { readMeteor } from "../../../harness/metric-data/supply-tables.js";
import { zipOf } from "../checkpoints/pytorch-files.js";
import { Scratch } from "../cli/run-cli.js";
import { FORMS, JAR, LISTS, PACKED, WHEEL, writeFiles } from "./tiny-meteor.js";

const home = process.env.XDG_DATA_HOME;
let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  process.env.XDG_DATA_HOME = scratch.at("data");
});
afterAll(() => {
  if (home === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = home;
});

const codeOf = (code: string, message = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe("METEOR's data are taken from", () => {
  test.each(Object.entries(FORMS))("%s", async (_, [named, files]) => {
    const { name, phrases } = await installMeteor(join(writeFiles(scratch.path, files), named));
    expect([name, phrases]).toEqual(["4a8d18d8", 5]);
    const { functionWords, synsets, exceptions, prefixes, paraphrases, name: signed } = await readMeteor();
    expect(signed).toBe(name);
    expect([...functionWords]).toEqual(["the", "a", "on"]);
    expect([...synsets]).toEqual([
      ["automobile", [1]],
      ["car", [1, 2]],
    ]);
    expect(exceptions.get("abetted")).toEqual(["abet", "abut"]);
    expect([exceptions.get("geese"), exceptions.get("abetting")]).toEqual([["goose"], ["abet"]]);
    expect([[...prefixes.always], [...prefixes.beforeNumbers]]).toEqual([["Mr"], ["No"]]);
    const find = (phrase: string) => {
      const numbers = Int32Array.from(["x", ...phrase.split(" ")], (word) => paraphrases!.numberOf(word));
      return paraphrases!.phraseAt(numbers, 1, numbers.length - 1);
    };
    expect(paraphrases!.longest).toBe(3);
    const [over, above] = ["over", "above"].map(find);
    expect([...paraphrases!.paraphrasesOf(find("on top of"))]).toEqual([over, above].sort());
    expect([...paraphrases!.paraphrasesOf(find("naïve"))]).toEqual([find("simple")]);
    expect([...paraphrases!.paraphrasesOf(over!)]).toEqual([]);
    expect([find("on top"), find("top"), find("nowhere")]).toEqual([-1, -1, -1]);
  });
});

test("a score is computed from what was installed, with paraphrases and without", async () => {
  await installMeteor(scratch.write("p.whl", WHEEL));
  const score = async (choice: { paraphrases?: boolean }) =>
    meteor(["it is over it"], [["it is on top of it"]], { resources: await readMeteor(choice) });
  const [withTable, without] = [await score({}), await score({ paraphrases: false })];
  expect(withTable.scores.METEOR).toBeGreaterThan(without.scores.METEOR);
  expect(without.signature).toMatch(/\|paraphrase:no\|data:[0-9a-f]{8}\|/);
  await installMeteor(scratch.at("p.whl"), { paraphrases: false });
  expect(await score({})).toMatchObject({ scores: without.scores, signature: without.signature });
});

test("a table of many phrases is found whole, whatever the order of its pairs", async () => {
  const count = 3000;
  const pairs = Array.from({ length: count }, (_, i) => `0.5\nw${i % 70} v${i}\n${i % 2 ? "x y z" : `u${i}`}\n`);
  async function* chunks() {
    const bytes = Buffer.from(pairs.join(""));
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  const table = openParaphrases(await readParaphrases(chunks(), "pairs"));
  const phraseOf = (text: string) => {
    const numbers = Int32Array.from(text.split(" "), (word) => table.numberOf(word));
    return table.phraseAt(numbers, 0, numbers.length);
  };
  for (let i = 0; i < count; i++) {
    const [only, ...more] = table.paraphrasesOf(phraseOf(`w${i % 70} v${i}`));
    expect([only, more]).toEqual([phraseOf(i % 2 ? "x y z" : `u${i}`), []]);
  }
});

describe("what is wrong is said, and what was installed stays", () => {
  const broken: Readonly<Record<string, readonly [string, string, string | Uint8Array]>> = {
    "a wheel that is cut off": ["broken-zip", "damaged or cut off", WHEEL.subarray(0, WHEEL.length - 40)],
    "no zip at all": ["broken-zip", "damaged or cut off", "hello"],
    "an empty file": ["broken-zip", "damaged or cut off", ""],
    "another package's wheel": ["no-meteor-data", "is no METEOR", zipOf([{ name: "a.py", data: Buffer.from("") }])],
    "a jar alone": ["no-paraphrases", "data/paraphrase-en.gz", JAR],
    "a wheel whose table is cut off": [
      "broken-gzip",
      "paraphrase-en.gz",
      zipOf([
        { name: "pycocoevalcap/meteor/meteor-1.5.jar", data: JAR },
        { name: "pycocoevalcap/meteor/data/paraphrase-en.gz", data: PACKED.subarray(0, PACKED.length - 12) },
      ]),
    ],
    "a wheel with a broken jar": [
      "broken-zip",
      "meteor-1.5.jar",
      zipOf([
        { name: "pycocoevalcap/meteor/meteor-1.5.jar", data: JAR.subarray(0, 100) },
        { name: "pycocoevalcap/meteor/data/paraphrase-en.gz", data: PACKED },
      ]),
    ],
    "a wheel whose table is something else": [
      "bad-meteor-data",
      "should be a probability",
      zipOf([
        { name: "pycocoevalcap/meteor/meteor-1.5.jar", data: JAR },
        { name: "pycocoevalcap/meteor/data/paraphrase-en.gz", data: Buffer.from("hello\nworld\n") },
      ]),
    ],
    "a table whose last pair is cut short": [
      "bad-meteor-data",
      "cut short",
      zipOf([
        { name: "pycocoevalcap/meteor/meteor-1.5.jar", data: JAR },
        { name: "pycocoevalcap/meteor/data/paraphrase-en.gz", data: Buffer.from("0.5\na\nb\n0.5\nc\n") },
      ]),
    ],
  };
  test.each(Object.entries(broken))("%s", async (_, [code, message, content]) => {
    const { file } = await installMeteor(scratch.write("good.whl", WHEEL));
    const before = readFileSync(file);
    await expect(installMeteor(scratch.write("bad", content))).rejects.toThrow(codeOf(code, message));
    expect(readFileSync(file).equals(before)).toBe(true);
    expect((await readMeteor()).paraphrases).toBeDefined();
  });

  test("a folder without, one that lacks a list, and none", async () => {
    await expect(installMeteor(scratch.path)).rejects.toThrow(codeOf("no-meteor-data", "is no METEOR"));
    await expect(installMeteor(scratch.at("none"))).rejects.toThrow(codeOf("missing-file"));
    const { "synonym/english.exceptions": _, ...rest } = LISTS;
    const folder = writeFiles(scratch.at("lacking"), rest);
    await expect(installMeteor(folder)).rejects.toThrow(codeOf("no-meteor-data", "english.exceptions"));
  });
});

test("what is not installed, or was changed, is not used", async () => {
  await expect(readMeteor()).rejects.toThrow(codeOf("no-meteor-data", "simvlm metrics install meteor"));
  const { file } = await installMeteor(scratch.write("p.whl", WHEEL));
  const bytes = readFileSync(file);
  for (const place of [3, 20, 60, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place]! ^= 1;
    writeFileSync(file, changed);
    await expect(readMeteor(), `byte ${place}`).rejects.toThrow(codeOf("broken-meteor-data", "Install them again"));
  }
  writeFileSync(file, bytes.subarray(0, 30));
  await expect(readMeteor()).rejects.toThrow(codeOf("broken-meteor-data"));
  writeFileSync(file, bytes);
  expect((await readMeteor()).name).toBe("4a8d18d8");
  expect(dirname(file)).toBe(join(scratch.at("data"), "simvlm/metrics/meteor"));
});
