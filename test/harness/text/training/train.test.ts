import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  createTokenizer,
  saveTokenizer,
  type TrainingProgress,
  trainTokenizer,
  trainTokenizerFiles,
} from "../../../../harness/text/index.js";
import { captions, captionsPath, tokenizerPath } from "../fixture.js";

const folder = () => mkdtemp(join(tmpdir(), "train-"));

describe("trainTokenizer", () => {
  it("gives the same bytes for the same text", async () => {
    const path = join(await folder(), "again.json");
    await saveTokenizer(trainTokenizer(captions, { vocabSize: 350 }).file, path);
    expect(await readFile(path, "utf8")).toBe(await readFile(tokenizerPath, "utf8"));
  });

  it.each([320, 341, 350, 377, 400])("gives exactly %d pieces, each once, most probable first", (vocabSize) => {
    const { file, report } = trainTokenizer(captions, { vocabSize });
    const pieces = file.model.vocab.slice(260);
    expect(new Set(file.model.vocab.map(([piece]) => piece)).size).toBe(vocabSize);
    expect(report.vocabSize).toBe(vocabSize);
    expect(pieces.map(([, score]) => score)).toEqual(pieces.map(([, score]) => score).sort((a, b) => b - a));
    expect(() => createTokenizer(file)).not.toThrow();
  });

  it("needs fewer tokens the larger the vocabulary", () => {
    const tokensPerWord = [320, 340, 360, 400].map(
      (vocabSize) => trainTokenizer(captions, { vocabSize }).report.tokensPerWord,
    );
    expect(tokensPerWord).toEqual([...tokensPerWord].sort((a, b) => b - a));
    expect(tokensPerWord.at(-1)).toBeLessThan(1.5);
  });

  it("begins a word it never saw with the stem it saw", () => {
    const stems = ["walk", "talk", "jump", "play", "cook", "wash", "paint", "climb", "look", "kick"];
    const words = stems.flatMap((stem) => ["", "ed", "ing", "s"].map((ending) => stem + ending));
    const lines = words.filter((word) => word !== "walking").map((word) => `${word} ${word}`);
    const tokenizer = createTokenizer(trainTokenizer(lines, { vocabSize: 296 }).file);
    expect(tokenizer.pieces(tokenizer.encode("walking"))[0]).toBe("▁walk");
  });

  it("keeps pieces within a word, of one kind of character, no longer than asked", () => {
    const { file } = trainTokenizer(captions, { vocabSize: 380, maxPieceLength: 6 });
    for (const [piece] of file.model.vocab.slice(260)) {
      expect(piece).toMatch(/^▁?(\p{L}*|\p{N}*|[^\p{L}\p{N}▁]*)$/u);
      expect(piece.length).toBeLessThanOrEqual(6);
    }
  });

  it("leaves rare characters to the bytes", () => {
    const lines = [...captions, "犬"];
    expect(trainTokenizer(lines, { vocabSize: 350 }).file.model.vocab.flat()).not.toContain("犬");
    expect(trainTokenizer(lines, { vocabSize: 350, coverage: 1 }).file.model.vocab.flat()).toContain("犬");
  });

  it("reports what it read", () => {
    const { report } = trainTokenizer(["a dog", "", "a  cat"], { vocabSize: 270, exact: false });
    expect(report).toMatchObject({ lines: 3, words: 4, distinctWords: 3, alphabet: 7, coverage: 1 });
  });

  it("refuses a vocabulary the text cannot fill, naming one it can", () => {
    const train = (vocabSize: number) => trainTokenizer(captions, { vocabSize });
    let message = "";
    try {
      train(8000);
    } catch (error) {
      message = (error as Error).message;
    }
    const most = Number(/at most (\d+) pieces, not 8000/.exec(message)?.[1]);
    expect(train(most).file.model.vocab).toHaveLength(most);
    expect(trainTokenizer(captions, { vocabSize: 8000, exact: false }).file.model.vocab).toHaveLength(most);
  });

  it.each([
    ["an empty text", [], {}, "empty-corpus", /no words in the 0 lines/],
    ["blank lines", ["", "   "], {}, "empty-corpus", /no words in the 2 lines/],
    ["too small a vocabulary", captions, { vocabSize: 280 }, "vocabulary-too-small", /Ask for at least 3\d\d/],
    ["a vocabulary of 0", captions, { vocabSize: 0 }, "bad-option", /vocabSize is 0/],
    ["a coverage above 1", captions, { coverage: 1.1 }, "bad-option", /coverage is 1.1/],
    ["pieces of length 0", captions, { maxPieceLength: 0 }, "bad-option", /maxPieceLength is 0/],
    ["a negative seed size", captions, { seedSize: -1 }, "bad-option", /seedSize is -1/],
  ])("refuses %s", (_, lines, options, code, message) => {
    const train = () => trainTokenizer(lines, options);
    expect(train).toThrow(message);
    expect(train).toThrow(expect.objectContaining({ code }));
  });
});

describe("trainTokenizerFiles", () => {
  it("reads plain and gzipped files alike, with either line ending", async () => {
    const path = await folder();
    const gzipped = join(path, "captions.txt.gz");
    const windows = join(path, "captions.txt");
    await writeFile(gzipped, gzipSync(captions.join("\n")));
    await writeFile(windows, captions.join("\r\n"));
    const expected = trainTokenizer([...captions, ...captions, ...captions], { vocabSize: 350 });
    expect(await trainTokenizerFiles([captionsPath, gzipped, windows], { vocabSize: 350 })).toEqual(expected);
  });

  it("tells how far it is", async () => {
    const seen: TrainingProgress[] = [];
    const lines = Array.from({ length: 100 }, () => captions).flat();
    const path = join(await folder(), "many.txt");
    await writeFile(path, lines.join("\n"));
    await trainTokenizerFiles([path], { vocabSize: 350, onProgress: (progress) => seen.push(progress) });
    expect(seen.slice(0, 2)).toEqual([
      { stage: "reading", lines: 10_000 },
      { stage: "reading", lines: 20_000 },
    ]);
    const fitting = seen.slice(2);
    expect(fitting.length).toBeGreaterThan(1);
    for (const [i, progress] of fitting.entries())
      expect(progress).toMatchObject({ stage: "fitting", round: i + 1, target: 90 });
  });

  it("names a file that is missing, a folder, or cut short", async () => {
    const path = await folder();
    const cut = join(path, "cut.txt.gz");
    await writeFile(cut, gzipSync(captions.join("\n")).subarray(0, 500));
    for (const [file, code] of [
      [join(path, "none.txt"), "missing-file"],
      [path, "unreadable-file"],
      [cut, "broken-gzip"],
    ] as const) {
      await expect(trainTokenizerFiles([captionsPath, file]), file).rejects.toMatchObject({
        code,
        message: expect.stringContaining(file),
      });
    }
  });
});
