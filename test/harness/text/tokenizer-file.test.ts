import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTokenizer, loadTokenizer, saveTokenizer, serializeTokenizer } from "../../../harness/text/index.js";
import { fixtureTokenizer, readTokenizerJson, tokenizerPath } from "./fixture.js";

type Json = Record<string, unknown>;

/** The fixture with one place changed. */
function changed(path: string, value: unknown): unknown {
  const json = structuredClone(readTokenizerJson()) as unknown as Json;
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce((node, key) => node[key] as Json, json);
  parent[last] = value;
  return json;
}

describe("tokenizer.json", () => {
  it("has the special tokens and bytes at fixed ids", () => {
    const tokenizer = fixtureTokenizer();
    expect(tokenizer.pieces([0, 1, 2, 3, 4, 259])).toEqual(["<pad>", "<s>", "</s>", "<unk>", "<0x00>", "<0xFF>"]);
    const { padId, startId, endId, unknownId, vocabSize } = tokenizer;
    expect([padId, startId, endId, unknownId, vocabSize]).toEqual([0, 1, 2, 3, 350]);
  });

  it("is written as it was read, byte for byte, with nothing left beside it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tokenizer-"));
    const path = join(folder, "tokenizer.json");
    await saveTokenizer((await loadTokenizer(tokenizerPath)).file, path);
    expect(await readFile(path, "utf8")).toBe(await readFile(tokenizerPath, "utf8"));
    expect(await readdir(folder)).toEqual(["tokenizer.json"]);
  });

  it("is written whatever its model, as JSON", () => {
    const file = {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
      model: { type: "WordPiece", vocab: { "[UNK]": 0, dog: 1, "##s": 2 } },
    };
    expect(JSON.parse(serializeTokenizer(file))).toEqual(file);
  });

  it("says where it cannot be written", async () => {
    const path = join(tmpdir(), "no-such-folder", "tokenizer.json");
    await expect(saveTokenizer(fixtureTokenizer().file, path)).rejects.toMatchObject({
      code: "cannot-write",
      message: expect.stringContaining(path),
    });
  });

  it.each([
    ["normalizer", { type: "NFKC" }, /normalizer is {"type":"NFKC"}, not/],
    ["pre_tokenizer.prepend_scheme", "always", /pre_tokenizer/],
    ["decoder", undefined, /decoder is missing, not/],
    ["post_processor", { type: "TemplateProcessing" }, /post_processor/],
    ["model.type", "BPE", /model\.type/],
    ["model.byte_fallback", false, /model\.byte_fallback/],
    ["model.unk_id", 0, /model\.unk_id/],
    ["model.vocab", [["<pad>", 0]], /model\.vocab/],
    ["model.vocab.300", ["x", "high"], /model\.vocab\.300\.1/],
    ["model.vocab.5", ["<0x02>", 0], /model\.vocab\.5 is "<0x02>", not "<0x01>"/],
    ["model.vocab.300", ["<0x41>", -5], /model\.vocab\.300 repeats the piece "<0x41>" of id 69/],
    ["model.vocab.300", ["▁a▁b", -5], /model\.vocab\.300 "▁a▁b" spans two words/],
    ["model.vocab.300", ["<0x4a>", -5], /model\.vocab\.300 "<0x4a>" would be decoded as a byte/],
  ])("is refused when %s is %j", (path, value, message) => {
    const create = () => createTokenizer(changed(path, value));
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "bad-tokenizer" }));
  });

  it("is refused when it is not an object, not JSON or not there", async () => {
    expect(() => createTokenizer([])).toThrow(/added_tokens is missing/);
    expect(() => createTokenizer(null)).toThrow(/is not a JSON object/);
    const folder = await mkdtemp(join(tmpdir(), "tokenizer-"));
    const path = join(folder, "broken.json");
    await writeFile(path, "{");
    await expect(loadTokenizer(path)).rejects.toMatchObject({ code: "bad-tokenizer" });
    await expect(loadTokenizer(join(folder, "none.json"))).rejects.toMatchObject({ code: "missing-file" });
  });
});
