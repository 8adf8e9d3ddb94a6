import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  loadPretrainedTokenizer,
  type PretrainedTokenizerOptions,
  saveTokenizer,
  serializeTokenizer,
} from "../../../harness/text/index.js";

type Files = Record<string, string | object>;

/** A folder of these files; what is not text is written as JSON. */
async function folderOf(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tokenizer-"));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

async function load(files: Files, options: Partial<PretrainedTokenizerOptions> = {}) {
  return loadPretrainedTokenizer(await folderOf(files), { vocabularySize: 1000, ...options });
}

const numbered = (pieces: readonly string[]): Record<string, number> =>
  Object.fromEntries(pieces.map((piece, id) => [piece, id]));

const BERT =
  "[PAD] [UNK] [CLS] [SEP] [MASK] a dog ##s ##gy cafe . , ' # 日 s ss ß Dog é ½ ! x ##x i ##stan 𠀀 ##́".split(" ");
const bert: Files = { "vocab.txt": `${BERT.join("\n")}\n` };
const cased = { do_lower_case: false };

/** GPT-2's symbols of the bytes: printable Latin-1 characters stand for themselves. */
const SYMBOLS = Array.from({ length: 256 }, (_, byte) => byte);
const isPrintable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
const hidden = SYMBOLS.filter((byte) => !isPrintable(byte));
const bytes = SYMBOLS.map((byte) => String.fromCharCode(isPrintable(byte) ? byte : 0x100 + hidden.indexOf(byte)));
const GPT2_MERGES = ["Ġ d", "o g", "Ġd og", "d og", "' s"];
const GPT2 = [...bytes, ...GPT2_MERGES.map((merge) => merge.replace(" ", "")), "<|endoftext|>"];
const gpt2: Files = { "vocab.json": numbered(GPT2), "merges.txt": `#version: 0.2\n${GPT2_MERGES.join("\n")}\n` };

const CLIP_MERGES = ["d o", "do g</w>", "' s</w>", "| ></w>"];
const CLIP = [
  ...bytes,
  ...bytes.map((symbol) => `${symbol}</w>`),
  ...CLIP_MERGES.map((merge) => merge.replace(" ", "")),
  "<|startoftext|>",
  "<|endoftext|>",
];
const clip: Files = { "vocab.json": numbered(CLIP), "merges.txt": `#version: 0.2\n${CLIP_MERGES.join("\n")}\n` };

describe("BERT's tokenizer", () => {
  const piecesOf = async (text: string, config: object = {}) => {
    const tokenizer = await load({ ...bert, "tokenizer_config.json": config });
    return tokenizer.pieces(tokenizer.encode(text)).join(" ");
  };

  it.each([
    ["A DOGS, a doggy.", "a dog ##s , a dog ##gy ."],
    ["dog's ##s", "dog ' s # # s"],
    ["Café Cafe\u0301", "cafe cafe"],
    ["é", "[UNK]"],
    ["日a日 𠀀", "日 a 日 𠀀"],
    ["İstan ß ẞ", "i ##stan ß ß"],
    ["a\tdog\n\u3000dog\u2028a", "a dog dog a"],
    ["do\0g d\u00ADog \uFFFDdo\x85g\uD800", "dog dog dog"],
    ["[CLS]dog[SEP] [mask][MASK]", "[CLS] dog [SEP] [UNK] [UNK] [UNK] [MASK]"],
    ["zebra ½!", "[UNK] ½ !"],
    ["x".repeat(100), ["x", ...new Array(99).fill("##x")].join(" ")],
    ["x".repeat(101), "[UNK]"],
    ["𠀀".repeat(3), "𠀀 𠀀 𠀀"],
    ["", ""],
  ])("cuts %j", async (text, pieces) => {
    expect(await piecesOf(text)).toBe(pieces);
  });

  it.each([
    [cased, "Dog dog é", "Dog dog é"],
    [{ ...cased, strip_accents: true }, "Dog cafe\u0301", "Dog cafe"],
    [{ strip_accents: false }, "Dog É e\u0301", "dog é [UNK]"],
    [{ strip_accents: false, tokenize_chinese_chars: false }, "日 日a", "日 [UNK]"],
    [{ tokenizer_class: "BertTokenizerFast", never_split: ["[x]"] }, "[x]", "[UNK] x [UNK]"],
  ])("heeds its config %j", async (config, text, pieces) => {
    expect(await piecesOf(text, config)).toBe(pieces);
  });

  it("reads ids as text, without special tokens and spaces before punctuation", async () => {
    const tokenizer = await load(bert, { startId: 2, endId: 3, padId: 0 });
    const ids = [2, ...tokenizer.encode("a dogs , a dog 's a ."), 3, 0];
    expect(tokenizer.decode(ids)).toBe("a dogs, a dog ' s a.");
    expect(tokenizer.decode(ids, { skipSpecial: false })).toBe("[CLS] a dogs, a dog ' s a. [SEP] [PAD]");
    expect(tokenizer.decode(tokenizer.encode("dogs"), { after: tokenizer.encode("a") })).toBe(" dogs");
    const older = await load({ ...bert, "tokenizer_config.json": { clean_up_tokenization_spaces: true } });
    expect(older.decode(older.encode("dog ' s"))).toBe("dog's");
  });

  it("gives the words with their pieces", async () => {
    const tokenizer = await load(bert);
    const ids = [2, ...tokenizer.encode("a dogs, dog"), 3];
    expect(tokenizer.words(ids)).toEqual([
      { text: "a", start: 1, end: 2 },
      { text: "dogs,", start: 2, end: 5 },
      { text: "dog", start: 5, end: 6 },
    ]);
  });

  it("knows the model's tokens that it lacks, by name only", async () => {
    const size = BERT.length;
    const options = { vocabularySize: size + 3, startId: size, endId: 3, padId: 0 };
    const tokenizer = await load(bert, { ...options, added: { "[DEC]": size, "[ENC]": size + 1 } });
    expect([tokenizer.startId, tokenizer.unknownId, tokenizer.vocabSize]).toEqual([size, 1, size + 3]);
    const ids = [size, 6, size + 1, size + 2, 7];
    expect(tokenizer.pieces(ids)).toEqual(["[DEC]", "dog", "[ENC]", `<${size + 2}>`, "##s"]);
    expect(tokenizer.decode(ids)).toBe("dogs");
    expect(tokenizer.decode(ids, { skipSpecial: false })).toBe("dogs");
    expect(tokenizer.words(ids).map(({ text }) => text)).toEqual(["dog", "##s"]);
    expect(tokenizer.pieces(tokenizer.encode("[DEC]"))).toEqual(["[UNK]", "[UNK]", "[UNK]"]);
    expect(() => tokenizer.decode([size + 3])).toThrow(expect.objectContaining({ code: "unknown-token" }));
  });

  it("takes its own ids where the model names none", async () => {
    const { startId, endId, padId } = await load(bert);
    expect([startId, endId, padId]).toEqual([2, 3, 0]);
  });

  it("finds added tokens as each is declared", async () => {
    const token = (content: string, changes: object) => ({
      ...{ content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false },
      ...changes,
    });
    const decoder = {
      0: token("[PAD]", { special: true }),
      4: token("[MASK]", { special: true, lstrip: true, rstrip: true }),
      [BERT.length]: token("<Cat>", { normalized: true }),
      [BERT.length + 1]: token("xx", { single_word: true }),
    };
    const tokenizer = await load({ ...bert, "tokenizer_config.json": { added_tokens_decoder: decoder } });
    const [cat, xx] = [BERT.length, BERT.length + 1];
    expect(tokenizer.encode("a <CAT> xx xxx [MASK] a")).toEqual([5, cat, xx, 22, 23, 23, 4, 5]);
    expect(tokenizer.decode([5, cat, 4, xx])).toBe("a <cat> xx");
  });
});

describe("GPT-2's tokenizer", () => {
  it("merges bytes in the order of the merges", async () => {
    const tokenizer = await load(gpt2);
    const ids = tokenizer.encode("dog dog's  Dog");
    expect(tokenizer.pieces(ids)).toEqual(["dog", "Ġdog", "'s", "Ġ", "Ġ", "D", "og"]);
    expect(tokenizer.words(ids).map(({ text }) => text)).toEqual(["dog", "dog's", "", "Dog"]);
  });

  it.each(["  two   spaces\tand\nlines  ", "日本 👍🏽 e\u0301", "a\0\uFEFF\u0085 \u00A0b", "I'LL don't", ""])(
    "gives %j back",
    async (text) => {
      const tokenizer = await load(gpt2);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    },
  );

  it("keeps the bytes of a character in one word", async () => {
    const tokenizer = await load(gpt2);
    const ids = tokenizer.encode("日本 👍🏽dog");
    expect(ids.length).toBeGreaterThan(12);
    expect(tokenizer.words(ids).map(({ text }) => text)).toEqual(["日本", "👍🏽dog"]);
    expect(tokenizer.decode(ids.slice(0, 4))).toBe("日\uFFFD");
  });

  it("reads its end token inside a text, and writes it on demand", async () => {
    const tokenizer = await load(gpt2);
    const end = GPT2.length - 1;
    expect([tokenizer.startId, tokenizer.endId, tokenizer.padId, tokenizer.unknownId]).toEqual([end, end, end, end]);
    expect(tokenizer.encode("<|endoftext|>dog")).toEqual([end, GPT2.indexOf("dog")]);
    expect(tokenizer.decode([end, GPT2.indexOf("dog")])).toBe("dog");
    expect(tokenizer.decode([end, GPT2.indexOf("dog")], { skipSpecial: false })).toBe("<|endoftext|>dog");
  });

  it("begins with a space if the config says so", async () => {
    const tokenizer = await load({ ...gpt2, "tokenizer_config.json": { add_prefix_space: true } });
    expect(tokenizer.pieces(tokenizer.encode("dog dog"))).toEqual(["Ġdog", "Ġdog"]);
  });

  it("passes over bytes that the vocabulary lacks", async () => {
    const vocabulary = numbered(GPT2.filter((piece) => piece !== "x"));
    const tokenizer = await load({ ...gpt2, "vocab.json": vocabulary });
    expect(tokenizer.pieces(tokenizer.encode("dxog"))).toEqual(["dog"]);
  });
});

describe("CLIP's tokenizer", () => {
  it("cuts text in lower case into words that end in </w>", async () => {
    const tokenizer = await load(clip, { vocabularySize: CLIP.length });
    const piecesOf = (text: string) => tokenizer.pieces(tokenizer.encode(text));
    expect(piecesOf("The DOG's 12")).toEqual(["t", "h", "e</w>", "dog</w>", "'s</w>", "1</w>", "2</w>"]);
    expect(piecesOf("<|ENDOFTEXT|>").slice(-2)).toEqual(["t</w>", "|></w>"]);
    expect(piecesOf("<|endoftext|>")).toEqual(["<|endoftext|>"]);
    expect(piecesOf("ΟΔΟΣ")).toEqual(piecesOf("οδοσ"));
    expect(piecesOf("e\u0301")).toEqual(piecesOf("É"));
  });

  it("writes a space behind every word but the last", async () => {
    const tokenizer = await load(clip, { vocabularySize: CLIP.length });
    const ids = [tokenizer.startId, ...tokenizer.encode(" Dog, 日本!"), tokenizer.endId];
    expect(tokenizer.decode(ids)).toBe("dog , 日本 !");
    expect(tokenizer.decode(ids, { skipSpecial: false })).toBe("<|startoftext|>dog , 日本 ! <|endoftext|>");
    expect(tokenizer.words(ids).map(({ text }) => text)).toEqual(["dog", ",", "日本", "!"]);
    expect([tokenizer.startId, tokenizer.endId, tokenizer.padId, tokenizer.unknownId]).toEqual(
      ["<|startoftext|>", "<|endoftext|>", "<|endoftext|>", "<|endoftext|>"].map((piece) => CLIP.indexOf(piece)),
    );
  });
});

describe("the files of a folder", () => {
  it.each([
    ["BERT's", bert],
    ["GPT-2's", gpt2],
    ["CLIP's", clip],
  ])("%s become one tokenizer.json that is the same tokenizer", async (_name, files) => {
    const tokenizer = await load(files);
    const folder = await folderOf({});
    await saveTokenizer(tokenizer.file, join(folder, "tokenizer.json"));
    expect(await readdir(folder)).toEqual(["tokenizer.json"]);
    const again = await loadPretrainedTokenizer(folder, { vocabularySize: 1000 });
    expect([again.startId, again.endId, again.padId]).toEqual([tokenizer.startId, tokenizer.endId, tokenizer.padId]);
    const text = "The dogs, 12 ½ Café日[SEP]<|endoftext|>";
    expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(again.decode(again.encode(text))).toBe(tokenizer.decode(tokenizer.encode(text)));
    expect(serializeTokenizer(again.file)).toBe(serializeTokenizer(tokenizer.file));
  });

  it("are looked for in order: tokenizer.json, vocab.txt, vocab.json with merges.txt", async () => {
    const { file } = await load(clip);
    const all = { ...gpt2, ...bert, "tokenizer.json": file };
    expect((await load(all)).file.model.type).toBe("BPE");
    expect((await load({ ...gpt2, ...bert })).file.model.type).toBe("WordPiece");
  });

  it("may be old: merges as texts, and what has a default left out", async () => {
    const endId = GPT2.indexOf("<|endoftext|>");
    const merges = GPT2_MERGES;
    const json = {
      added_tokens: [{ id: endId, content: "<|endoftext|>", special: true }],
      normalizer: null,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
      decoder: { type: "ByteLevel" },
      model: { unk_token: null, continuing_subword_prefix: "", end_of_word_suffix: "", vocab: numbered(GPT2), merges },
    };
    const tokenizer = await load({ "tokenizer.json": json });
    expect(tokenizer.pieces(tokenizer.encode("dog dog"))).toEqual(["dog", "Ġdog"]);
  });

  it("heed the class of the config, not the pipeline of tokenizer.json", async () => {
    const { file } = await load({ ...bert, "tokenizer_config.json": cased });
    const own = { "tokenizer.json": file };
    const ids = { startId: 2, endId: 3, padId: 0 };
    const asWritten = await load({ ...own, "tokenizer_config.json": { tokenizer_class: "TokenizersBackend" } }, ids);
    expect(asWritten.pieces(asWritten.encode("Dog"))).toEqual(["Dog"]);
    const rebuilt = await load({ ...own, "tokenizer_config.json": { tokenizer_class: "BertTokenizer" } }, ids);
    expect(rebuilt.pieces(rebuilt.encode("Dog"))).toEqual(["dog"]);
  });

  const vocabulary = { type: "WordPiece", unk_token: "[UNK]", vocab: numbered(BERT) };
  const whole = {
    normalizer: { type: "BertNormalizer" },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece" },
    model: vocabulary,
  };
  const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 711396\n`;

  it.each<[string, Files, string, RegExp]>([
    ["nothing", {}, "no-tokenizer", /has no tokenizer\. It needs/],
    ["half of GPT-2's", { "vocab.json": numbered(GPT2) }, "no-tokenizer", /merges\.txt is missing/],
    ["no JSON", { "tokenizer.json": "<html>" }, "not-json", /tokenizer\.json: not JSON/],
    ["an array", { "tokenizer.json": [] }, "wrong-schema", /tokenizer\.json/],
    ["a pointer", { "tokenizer.json": LFS }, "lfs-pointer", /tokenizer\.json/],
    ["a pointer for lines", { "vocab.txt": LFS }, "lfs-pointer", /vocab\.txt/],
    ["no text", { "vocab.txt": "\u0000" }, "bad-tokenizer", /\[UNK\]|unk_token/],
    [
      "another model",
      { "tokenizer.json": { ...whole, model: { type: "Unigram", vocab: [["a", -1]] } } },
      "bad-tokenizer",
      /model\.type is "Unigram"/,
    ],
    [
      "another normaliser",
      { "tokenizer.json": { ...whole, normalizer: { type: "NFKC" } } },
      "bad-tokenizer",
      /tokenizer\.json: normalizer\.type/,
    ],
    [
      "one id twice",
      { "tokenizer.json": { ...whole, model: { ...vocabulary, vocab: { "[UNK]": 0, a: 1, b: 1 } } } },
      "bad-tokenizer",
      /model\.vocab\.b: id 1 is that of "a" too/,
    ],
    [
      "an id that is none",
      { "tokenizer.json": { ...whole, model: { ...vocabulary, vocab: { "[UNK]": 0, a: -1 } } } },
      "bad-tokenizer",
      /model\.vocab\.a/,
    ],
    ["a line twice", { "vocab.txt": "[UNK]\na\nb\na\n" }, "bad-tokenizer", /line 4, repeats "a" of line 2/],
    ["an empty line", { "vocab.txt": "[UNK]\n\nb\n" }, "bad-tokenizer", /vocab\.txt, line 2, is empty/],
    ["no unknown token", { "vocab.txt": "[CLS]\n[SEP]\na\n" }, "bad-tokenizer", /unk_token/],
    [
      "a merge of unknown pieces",
      { ...gpt2, "merges.txt": "o g\no x\n" },
      "bad-tokenizer",
      /merges\.txt: model\.merges\[1\]: "o x" needs "ox"/,
    ],
    ["a merge of three", { ...gpt2, "merges.txt": "#version\no g\nd o g\n" }, "bad-tokenizer", /merges\.txt, line 3/],
    [
      "a class of other files",
      { ...bert, "tokenizer_config.json": { tokenizer_class: "CLIPTokenizer" } },
      "bad-tokenizer",
      /WordPiece, but tokenizer_config\.json calls it a CLIPTokenizer/,
    ],
    [
      "a config that is none",
      { ...bert, "tokenizer_config.json": { do_lower_case: "yes" } },
      "wrong-schema",
      /tokenizer_config\.json: do_lower_case/,
    ],
  ])("are refused: %s", async (_name, files, code, message) => {
    await expect(load(files)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, Files, Partial<PretrainedTokenizerOptions>, RegExp]>([
    ["has too many pieces", bert, { vocabularySize: 20 }, /"ss" has id|has id 20, but the model has only 20 ids/],
    ["begins with a word", bert, { startId: 6 }, /begins a text: id 6 is "dog"/],
    ["ends with a word", bert, { endId: 7 }, /ends a text: id 7 is "##s"/],
    ["ends with no piece", bert, { endId: 900 }, /ends a text: id 900 is no piece/],
    ["pads with no piece", bert, { padId: 5000 }, /fills up a text: id 5000 is no piece/],
    ["has another token there", bert, { added: { "[DEC]": 6 } }, /"\[DEC\]" should have id 6, which is "dog"/],
    ["has the token elsewhere", bert, { added: { "[CLS]": 500 } }, /"\[CLS\]" should have id 500/],
    [
      "has no special tokens",
      { "tokenizer.json": whole, "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast" } },
      {},
      /begins a text: it has none/,
    ],
    [
      "has no special token at the model's id",
      { "tokenizer.json": whole },
      { startId: 2, endId: 3 },
      /id 2 is "\[CLS\]"/,
    ],
  ])("do not fit a model that %s", async (_name, files, options, message) => {
    await expect(load(files, options)).rejects.toMatchObject({
      code: "tokenizer-mismatch",
      message: expect.stringMatching(message),
    });
  });
});
