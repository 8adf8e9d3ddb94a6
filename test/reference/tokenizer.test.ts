import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Tokenizer as PackageTokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import {
  createTokenizer,
  loadTokenizer,
  serializeTokenizer,
  type TrainedTokenizer,
  trainTokenizerFiles,
} from "../../harness/text/index.js";

const shared = process.env.SIMVLM_SHARED ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const folder = join(shared, "data", "multi30k");
const missing = !existsSync(folder);
if (missing) console.warn(`Skipped: Multi30k is not at ${folder}; name the shared folder in SIMVLM_SHARED.`);

const shippedTokenizer = fileURLToPath(new URL("../../fixtures/checkpoints/caption/tokenizer.json", import.meta.url));

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
    "gives every line of %s back, and so does the package's own decoder",
    async (name) => {
      const { file } = await train();
      const tokenizer = createTokenizer(file);
      const peer = new PackageTokenizer(file, {});
      for (const line of readLines(name)) {
        const ids = tokenizer.encode(line);
        expect(tokenizer.decode(ids)).toBe(line);
        expect(peer.decode(ids, { clean_up_tokenization_spaces: false })).toBe(line);
      }
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

describe.skipIf(missing)("the tokenizer of the shipped checkpoints on Multi30k", () => {
  // SHA-256 of the ids that `Tokenizer.encode` of the Python package tokenizers 0.23.3, Hugging Face's original, gives.
  it.each([
    ["train.en.gz", "de06fcc1b749066926e864c3522ba9a3722f6aa5e8fc78ca679b7d7a062837f9"],
    ["train.de.gz", "7d9371b746c6ddb8cd34a68fca45f5a9bcf6a2ac62f4a2a66717c4d18dc32d52"],
  ])("cuts the 29,000 lines of %s into the ids of the original", async (name, expected) => {
    const tokenizer = await loadTokenizer(shippedTokenizer);
    const ids = readLines(name).map((line) => tokenizer.encode(line).join(","));
    expect(ids).toHaveLength(29_000);
    expect(createHash("sha256").update(ids.join("\n")).digest("hex")).toBe(expected);
  });
});
