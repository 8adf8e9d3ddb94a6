import { Tokenizer as PackageTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { assembleTokenizer, type Tokenizer } from "../../../harness/text/assemble-tokenizer.js";
import { listWholeWords } from "../../../harness/text/word-spans.js";
import { fixtureTokenizer } from "./fixture.js";

interface Family {
  readonly vocabulary: readonly string[];
  readonly model: object;
  readonly rest: object;
}

/** A tokenizer of another family, by the library alone: ids 0 and 1 are its special tokens. */
function tokenizerOf({ vocabulary, model, rest }: Family): Tokenizer {
  const file = {
    added_tokens: vocabulary.slice(0, 2).map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...rest,
    model: { ...model, type: "", vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])) },
  };
  const json = { ...file, model: { ...file.model, ...model } };
  const library = new PackageTokenizer(json, {});
  return assembleTokenizer({
    vocabulary,
    specialIds: new Set([0, 1]),
    padId: 0,
    startId: 0,
    endId: 1,
    unknownId: 0,
    file: json,
    encode: (text) => library.encode(text, { add_special_tokens: false }).ids,
    textOf: (ids) => library.decode([...ids], { clean_up_tokenization_spaces: false }),
  });
}

const wordPiece = tokenizerOf({
  vocabulary: ["[UNK]", "[SEP]", "the", "dog", "##s", "run", "##ning", ".", "a"],
  model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##" },
  rest: {
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  },
});

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

/** GPT-2's: a space is the first character of the word behind it, é two bytes. */
const gpt2 = tokenizerOf({
  vocabulary: ["<|start|>", "<|end|>", "Ġ", "a", "s", "Ã", "©", ".", "do", "dog", "Ġdog", "Ġd", "Ġdo", "d", "o", "g"],
  model: { type: "BPE", merges: ["d o", "do g", "Ġ dog"] },
  rest: { pre_tokenizer: byteLevel, decoder: byteLevel },
});

/** CLIP's: the last piece of a word bears a mark. */
const clip = tokenizerOf({
  vocabulary: ["<|start|>", "<|end|>", "a", "d", "o", "g", "s", "a</w>", "s</w>", "g</w>", "do", "dog", "dog</w>"],
  model: { type: "BPE", end_of_word_suffix: "</w>", merges: ["d o", "do g", "do g</w>"] },
  rest: {
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern: { Regex: "\\s+" }, behavior: "Removed", invert: false }, byteLevel],
    },
    decoder: byteLevel,
  },
});

const unigram = fixtureTokenizer();

const spans = (tokenizer: Tokenizer, ids: readonly number[]) =>
  tokenizer.words(ids).map(({ text, start, end }) => [text, start, end]);

describe("the words of a token sequence", () => {
  it("begin at every piece of WordPiece without ##, full stops aside, which its decoder draws near", () => {
    const ids = wordPiece.encode("The dogs running.");
    expect(wordPiece.pieces(ids)).toEqual(["the", "dog", "##s", "run", "##ning", "."]);
    expect(spans(wordPiece, ids)).toEqual([
      ["the", 0, 1],
      ["dogs", 1, 3],
      ["running.", 3, 6],
    ]);
  });

  it("begin at Ġ in byte-level BPE, and no character is cut", () => {
    const ids = gpt2.encode("dog dogs é a");
    expect(gpt2.pieces(ids)).toEqual(["dog", "Ġdog", "s", "Ġ", "Ã", "©", "Ġ", "a"]);
    expect(spans(gpt2, ids)).toEqual([
      ["dog", 0, 1],
      ["dogs", 1, 3],
      ["é", 3, 6],
      ["a", 6, 8],
    ]);
  });

  it("end at </w> in CLIP's BPE", () => {
    const ids = clip.encode("a dog dogs a");
    expect(clip.pieces(ids)).toEqual(["a</w>", "dog</w>", "dog", "s</w>", "a</w>"]);
    expect(spans(clip, ids)).toEqual([
      ["a", 0, 1],
      ["dog", 1, 2],
      ["dogs", 2, 4],
      ["a", 4, 5],
    ]);
  });

  it("leave special tokens out, which always end a word", () => {
    const [dog, s] = [clip.encode("dog")[0]!, 6];
    expect(spans(clip, [0, dog, 1, 11, s, 1])).toEqual([
      ["dog", 1, 2],
      ["dogs", 3, 5],
    ]);
    expect(clip.words([0, 1])).toEqual([]);
  });
});

describe("pieces that are whole words by themselves", () => {
  it.each([
    ["WordPiece", wordPiece, ["the", "dog", "run"]],
    ["GPT-2", gpt2, ["Ġdog", "Ġdo"]],
    ["CLIP", clip, ["dog</w>"]],
  ])("are found in %s", (_, tokenizer, pieces) => {
    expect(tokenizer.pieces(listWholeWords(tokenizer))).toEqual(pieces);
  });

  it("are the learned pieces with a space in front and two letters or more in SimVLM's unigram", () => {
    const expected = Array.from({ length: unigram.vocabSize }, (_, id) => id).filter(
      (id) => id >= 260 && /^▁..+/u.test(unigram.pieces([id])[0]!),
    );
    expect(expected.length).toBeGreaterThan(5);
    expect(listWholeWords(unigram)).toEqual(expected);
  });
});

describe("decoding a continuation", () => {
  it.each([
    ["WordPiece", wordPiece, "the dogs running"],
    ["GPT-2", gpt2, "dog dogs a"],
    ["CLIP", clip, "a dog dogs"],
    ["SimVLM's unigram", unigram, "A dog sleeps"],
  ])("gives the rest of the text, with the space where it belongs: %s", (_, tokenizer, text) => {
    const ids = tokenizer.encode(text);
    for (let cut = 1; cut <= ids.length; cut++) {
      const [before, rest] = [ids.slice(0, cut), ids.slice(cut)];
      expect((tokenizer.decode(before) + tokenizer.decode(rest, { after: before })).trimEnd()).toBe(text);
    }
  });
});
