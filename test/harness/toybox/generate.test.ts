import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { extract } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  readAnswerList,
  readCocoCaptions,
  readMulti30k,
  readNlvr2,
  readNocaps,
  readSnliVe,
  readVqa,
  readWebPairs,
} from "../../../harness/formats/index.js";
import { compareFacts } from "../../../harness/toybox/fact-accuracy.js";
import { readFacts } from "../../../harness/toybox/facts-file.js";
import { type GenerateOptions, generateToybox } from "../../../harness/toybox/generate.js";
import { parseFacts } from "../../../harness/toybox/parse-facts.js";
import { HELD_OUT_ANSWERS } from "../../../harness/toybox/questions/answers.js";
import { DATA_SETS, PLAIN_DATA_SETS } from "../../../harness/toybox/sizes.js";
import type { WebMixture } from "../../../harness/toybox/web/mixtures.js";
import { BY_FREQUENCY, IN_DOMAIN_KINDS, type Kind } from "../../../harness/toybox/world/kinds.js";
import { SPLITS } from "../../../harness/toybox/world/scene.js";
import { readTree } from "./scenes.js";

const scratch = mkdtempSync(join(tmpdir(), "simvlm-toybox-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const tiny: GenerateOptions = { seed: 5, scale: "small", only: DATA_SETS, splits: SPLITS, limit: 4, noise: 0.3 };
const out = join(scratch, "toybox");
const at = (...names: string[]): string => join(out, ...names);

beforeAll(async () => {
  await generateToybox(out, { ...tiny, concurrency: 1 });
});

async function expectImages(files: readonly (string | undefined)[]): Promise<void> {
  for (const file of files) expect((await sharp(file!).metadata()).width).toBe(128);
}

describe("a Toybox is read by the readers of the real data", () => {
  test.each(SPLITS)("captions, %s", async (split) => {
    const options = { imageRoot: at("captions/images", split) };
    const examples = await readCocoCaptions(at(`captions/${split}.json`), options);
    expect(examples.map(({ references }) => references.length)).toEqual([5, 5, 5, 5]);
    await expectImages(examples.map(({ file }) => file));
    const german = await readCocoCaptions(at(`captions/${split}-de.json`), options);
    expect(german.map(({ id, file }) => [id, file])).toEqual(examples.map(({ id, file }) => [id, file]));
    for (const { noun } of examples.flatMap(({ references }) =>
      references.flatMap((text) => parseFacts(text).things),
    )) {
      expect(IN_DOMAIN_KINDS).toContain(noun);
    }
  });

  test.each(["val", "test"])("nocaps, %s", async (split) => {
    const examples = await readNocaps(at(`nocaps/${split}.json`), { imageRoot: at("nocaps/images", split) });
    expect(examples.map(({ references }) => references.length)).toEqual([10, 10, 10, 10]);
    await expectImages(examples.map(({ file }) => file));
    for (const { domain, openImagesId, references } of examples) {
      expect(openImagesId).toMatch(/^[0-9a-f]{16}$/);
      const nouns = references.flatMap((text) => parseFacts(text).things.map(({ noun }) => noun as Kind));
      const known = nouns.filter((noun) => IN_DOMAIN_KINDS.includes(noun)).length;
      if (domain === "in-domain") expect(known).toBe(nouns.length);
      if (domain === "out-domain") expect(known).toBe(0);
      expect(domain).toBeDefined();
    }
  });

  test.each([...SPLITS, "test-held-out"])("vqa, %s", async (split) => {
    const files = { questions: at(`vqa/questions-${split}.json`), annotations: at(`vqa/annotations-${split}.json`) };
    const examples = await readVqa(files, { imageRoot: at("vqa/images", split) });
    expect(examples).toHaveLength(split === "test-held-out" ? 2 : 12);
    await expectImages(examples.map(({ file }) => file));
    const classes = await readAnswerList(at("vqa/answers.json"));
    for (const { answers, question, questionType } of examples) {
      expect(answers).toHaveLength(10);
      expect(question?.startsWith(questionType!.replace(/ a$/, ""))).toBe(true);
      const usual = [...new Set(answers.map(({ answer }) => answer))].filter(
        (answer) => answers.filter((other) => other.answer === answer).length >= 7,
      );
      expect(usual).toHaveLength(1);
      expect(HELD_OUT_ANSWERS.has(usual[0]!)).toBe(split === "test-held-out");
      expect(classes.includes(usual[0]!)).toBe(split !== "test-held-out");
    }
  });

  test.each(SPLITS)("nlvr2, %s", async (split) => {
    const examples = await readNlvr2(at(`nlvr2/${split}.jsonl`), { imageRoot: at("nlvr2/images", split) });
    expect(examples).toHaveLength(24);
    await expectImages(examples.flatMap(({ images }) => images));
    expect(examples.filter(({ label }) => label)).toHaveLength(12);
    const groups = new Map<string, boolean[]>();
    for (const { sentenceGroup, label } of examples)
      groups.set(sentenceGroup, [...(groups.get(sentenceGroup) ?? []), label]);
    for (const labels of groups.values()) expect(labels.sort()).toEqual([false, true]);
  });

  test.each(SPLITS)("snli-ve, %s", async (split) => {
    const { examples, unlabelled } = await readSnliVe(at(`snli-ve/${split}.jsonl`), {
      imageRoot: at("snli-ve/images", split),
    });
    expect(examples).toHaveLength(12);
    expect(unlabelled).toEqual([]);
    await expectImages(examples.map(({ file }) => file));
    for (const { premise } of examples) expect(parseFacts(premise!).things.length).toBeGreaterThan(0);
  });

  test.each(SPLITS)("multi30k, %s", async (split) => {
    const files = {
      source: at(`multi30k/${split}.en`),
      target: at(`multi30k/${split}.de`),
      images: at(`multi30k/${split}.images`),
    };
    const examples = await readMulti30k(files, { imageRoot: at("multi30k/images", split) });
    expect(examples).toHaveLength(4);
    await expectImages(examples.map(({ file }) => file));
    for (const { source, target } of examples) expect(parseFacts(source)).toEqual(parseFacts(target));
  });

  test("multi30k, text only", async () => {
    const examples = await readMulti30k({ source: at("multi30k/text-train.en"), target: at("multi30k/text-train.de") });
    expect(examples).toHaveLength(16);
  });

  test("web pairs are tar shards whose entries come in threes", async () => {
    const names: string[] = [];
    const contents = new Map<string, Buffer>();
    const archive = extract();
    archive.end(readFileSync(at("web/train-00000.tar")));
    for await (const entry of archive) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      names.push(entry.header.name);
      contents.set(entry.header.name, Buffer.concat(chunks));
    }
    expect(names.slice(0, 4)).toEqual(["000000000.jpg", "000000000.txt", "000000000.json", "000000001.jpg"]);
    expect(names).toHaveLength(12);
    const about = JSON.parse(contents.get("000000000.json")!.toString()) as { caption: string };
    expect(about.caption).toBe(contents.get("000000000.txt")!.toString());
    expect((await sharp(contents.get("000000000.jpg")).metadata()).format).toBe("jpeg");
  });

  test("the plain world has eight kinds, one or two at a time, in English; and no other data sets", async () => {
    const folder = join(scratch, "plain");
    const plain = { ...tiny, noise: 0, limit: 40, world: "plain" } as const;
    await generateToybox(folder, { ...plain, only: PLAIN_DATA_SETS });
    const texts: string[] = [];
    for await (const { text } of readWebPairs(join(folder, "web/train-00000.tar"), () => {})) texts.push(text);
    for (const { references } of await readNocaps(join(folder, "nocaps/test.json"))) texts.push(...references);
    const said = texts.map((text) => parseFacts(text).things);
    expect(Math.max(...said.map(({ length }) => length))).toBe(2);
    const kinds = new Set(said.flat().map(({ noun }) => noun));
    expect([...kinds].sort()).toEqual([...BY_FREQUENCY.slice(0, 8)].sort());
    expect(texts.filter((text) => /ein|[A-Z]/.test(text))).toEqual([]);
    const documents = gunzipSync(readFileSync(join(folder, "text/train-00000.json.gz"))).toString();
    const absent = BY_FREQUENCY.slice(8);
    const questions = readFileSync(join(folder, "vqa/questions-train.json"), "utf8");
    for (const text of [documents, questions]) {
      for (const noun of absent) expect(text).not.toMatch(new RegExp(`\\b${noun}s?\\b`));
    }
    const refused = { ...plain, only: ["web", "nlvr2"] } as const;
    await expect(generateToybox(join(scratch, "never"), refused)).rejects.toThrow("The plain world has no nlvr2:");
    const debated = { ...plain, only: ["web"], web: "debated" } as const;
    await expect(generateToybox(join(scratch, "never"), debated)).rejects.toMatchObject({ code: "bad-option" });
    expect(existsSync(join(scratch, "never"))).toBe(false);
  });

  test("a few kinds fill the long-tailed web, and none the even one", async () => {
    const share = async (web: WebMixture): Promise<Record<"frequent" | "rare" | "several", number>> => {
      const folder = join(scratch, web);
      await generateToybox(folder, { ...tiny, only: ["web"], splits: ["train"], limit: 250, noise: 0, web });
      const texts: string[] = [];
      for await (const { text } of readWebPairs(join(folder, "web/train-00000.tar"), () => {})) texts.push(text);
      const things = texts.map((text) => parseFacts(text.toLowerCase()).things.map(({ noun }) => noun));
      const withAny = (kinds: readonly Kind[]) => things.filter((nouns) => kinds.some((kind) => nouns.includes(kind)));
      return {
        frequent: withAny(BY_FREQUENCY.slice(0, 5)).length / texts.length,
        rare: withAny(BY_FREQUENCY.slice(-10)).length / texts.length,
        several: things.filter(({ length }) => length > 1).length / texts.length,
      };
    };
    const [longTail, even] = [await share("long-tail"), await share("even")];
    expect(longTail.frequent).toBeGreaterThan(2 * longTail.rare);
    expect(even.frequent).toBeLessThan(even.rare);
    expect(even.several).toBeGreaterThan(1.3 * longTail.several);
  });

  test("web text is packed JSON lines", () => {
    const lines = gunzipSync(readFileSync(at("text/train-00000.json.gz")))
      .toString()
      .trim()
      .split("\n");
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(typeof (JSON.parse(line) as { text: string }).text).toBe("string");
  });

  test("facts belong to the images, and all references are true of them", async () => {
    const facts = await readFacts(at("nocaps/test-facts.jsonl"));
    const examples = await readNocaps(at("nocaps/test.json"));
    expect([...facts.keys()]).toEqual(examples.map(({ id }) => id));
    for (const { id, references } of examples) {
      for (const reference of references) {
        const { counts } = compareFacts(parseFacts(reference), facts.get(id)!);
        for (const { said, right } of Object.values(counts)) expect([reference, right]).toEqual([reference, said]);
      }
    }
  });

  test("a broken line of facts is named", async () => {
    const path = join(scratch, "broken.jsonl");
    writeFileSync(path, '{"image_id": 1, "facts": {"things": [{"noun": "dragon"}], "relations": []}}\n');
    await expect(readFacts(path)).rejects.toMatchObject({
      code: "wrong-schema",
      message: expect.stringContaining("line 1"),
    });
  });

  test("every folder the README speaks of is there", () => {
    const readme = readFileSync(at("README.md"), "utf8");
    for (const dataSet of DATA_SETS) {
      expect(readme).toContain(`## ${dataSet}/`);
      expect(existsSync(at(dataSet))).toBe(true);
    }
  });
});

describe("the same seed", () => {
  test("gives the same bytes, however many pictures are drawn at a time", async () => {
    const again = join(scratch, "again");
    await generateToybox(again, { ...tiny, concurrency: 7 });
    expect(readTree(again)).toEqual(readTree(out));
  });

  test("another one gives other bytes", async () => {
    const other = join(scratch, "other");
    await generateToybox(other, { ...tiny, seed: 6, only: ["nocaps"], splits: ["test"] });
    expect(readFileSync(join(other, "nocaps/test.json"))).not.toEqual(readFileSync(at("nocaps/test.json")));
  });

  test("a part is the same as in the whole, a smaller one its beginning", async () => {
    const part = join(scratch, "part");
    await generateToybox(part, { ...tiny, only: ["multi30k", "nocaps"], splits: ["test"], limit: 2 });
    expect(readdirSync(part).sort()).toEqual(["README.md", "multi30k", "nocaps", "toybox.json"]);
    const read = (folder: string): string => readFileSync(join(folder, "multi30k/test.en"), "utf8");
    expect(read(out).startsWith(read(part))).toBe(true);
    expect(read(part).trim().split("\n")).toHaveLength(2);
  });
});
