import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Tokenizer as PackageTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import {
  createTokenizer,
  serializeTokenizer,
  type TrainedTokenizer,
  trainTokenizerFiles,
} from "../../harness/text/index.js";

const shared = process.env.SIMVLM_SHARED ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const folder = join(shared, "data", "multi30k");
const missing = !existsSync(folder);
if (missing) console.warn(`Skipped: Multi30k is not at ${folder}; name the shared folder in SIMVLM_SHARED.`);

const trainingFiles = ["train.en.gz", "train.de.gz"].map((name) => join(folder, name));

const readLines = (name: string): string[] =>
  gunzipSync(readFileSync(join(folder, name)))
    .toString("utf8")
    .trimEnd()
    .split("\n");

describe.skipIf(missing)("a vocabulary of 8,000 on Multi30k, English and German", () => {
  let once: Promise<TrainedTokenizer> | undefined;
  const train = () => {
    once ??= trainTokenizerFiles(trainingFiles, { vocabSize: 8000 });
    return once;
  };

  it("is learned", async () => {
    const { report } = await train();
    expect(report).toMatchObject({ vocabSize: 8000, lines: 58_000, words: 667_356, alphabet: 60 });
  });

  it("is the same when learned again", async () => {
    const again = await trainTokenizerFiles(trainingFiles, { vocabSize: 8000 });
    expect(serializeTokenizer(again.file) === serializeTokenizer((await train()).file)).toBe(true);
  });

  // What spm_train and spm_encode of SentencePiece 0.1.97 give for the same vocabulary size, character coverage 0.9995,
  // byte fallback and no normalisation.
  it.each([
    ["train.en.gz", 345_020, 426_244],
    ["train.de.gz", 322_383, 443_939],
    ["test_2016_flickr.en.gz", 11_877, 14_634],
    ["test_2016_flickr.de.gz", 10_905, 15_048],
  ])("cuts %s into no more tokens than SentencePiece does", async (name, words, tokensOfSentencePiece) => {
    const tokenizer = createTokenizer((await train()).file);
    const lines = readLines(name);
    const tokens = lines.reduce((sum, line) => sum + tokenizer.encode(line).length, 0);
    expect(lines.join(" ").trim().split(/\s+/)).toHaveLength(words);
    console.log(
      `${name}: ${(tokens / words).toFixed(3)} tokens a word, SentencePiece ${(tokensOfSentencePiece / words).toFixed(3)}`,
    );
    expect(tokens).toBeLessThanOrEqual(tokensOfSentencePiece);
    expect(tokens).toBeGreaterThan(words);
  });

  it.each(["val.en.gz", "val.de.gz", "test_2016_flickr.en.gz", "test_2016_flickr.de.gz"])(
    "gives every line of %s back, and @huggingface/tokenizers agrees where no byte is needed",
    async (name) => {
      const { file } = await train();
      const tokenizer = createTokenizer(file);
      const peer = new PackageTokenizer(file, {});
      let compared = 0;
      for (const line of readLines(name)) {
        const ids = tokenizer.encode(line);
        expect(tokenizer.decode(ids)).toBe(line);
        expect(peer.decode(ids, { clean_up_tokenization_spaces: false })).toBe(line);
        if (ids.some((id) => id < 260)) continue;
        expect(peer.encode(line, { add_special_tokens: false }).ids).toEqual(ids);
        compared++;
      }
      expect(compared).toBeGreaterThan(900);
    },
  );

  it("learns 24,000 pieces, and refuses the 32,000 that so little text cannot give", async () => {
    const { file } = await trainTokenizerFiles(trainingFiles, { vocabSize: 24_000 });
    expect(file.model.vocab).toHaveLength(24_000);
    await expect(trainTokenizerFiles(trainingFiles, { vocabSize: 32_000 })).rejects.toMatchObject({
      code: "vocabulary-too-large",
    });
  });
});
