import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { splitLines } from "../../files/lines.js";
import { requireFile } from "../../files/open-file.js";
import { parseJson } from "../../files/parse-json.js";
import { readText } from "../../files/text.js";
import { WHITE_SPACE } from "./older-unicode.js";

/** The vocabulary of a folder, as a `tokenizer.json` has it, and what its own `tokenizer.json` says besides. */
export interface TokenizerSource {
  /** The file it was read from, for messages. */
  readonly where: string;
  /** Whether that is a `tokenizer.json`. */
  readonly isWhole: boolean;
  readonly json: Record<string, unknown> & { readonly model: Record<string, unknown> };
}

const TokenizerJson = z.looseObject({ model: z.looseObject({}) }).describe("a tokenizer.json");
const Vocabulary = z.record(z.string(), z.unknown()).describe("an object of pieces and their ids");

/**
 * Reads the vocabulary of a folder as the Hugging Face client leaves it: `tokenizer.json`, else `vocab.txt`, else
 * `vocab.json` with `merges.txt`.
 * @throws SimvlmError `no-tokenizer`, `bad-tokenizer`, what `readJson` throws
 */
export async function readTokenizerSource(folder: string): Promise<TokenizerSource> {
  const path = (name: string): string => join(folder, name);
  const whole = await readIfThere(path("tokenizer.json"));
  if (whole !== undefined) {
    const where = path("tokenizer.json");
    return { where, isWhole: true, json: parseJson(whole, where, TokenizerJson) };
  }
  const lines = await readIfThere(path("vocab.txt"));
  if (lines !== undefined) {
    const where = path("vocab.txt");
    return { where, isWhole: false, json: { model: { type: "WordPiece", vocab: numberLines(lines, where) } } };
  }
  const vocabulary = await readIfThere(path("vocab.json"));
  const merges = await readIfThere(path("merges.txt"));
  if (vocabulary !== undefined && merges !== undefined) {
    const vocab = parseJson(vocabulary, path("vocab.json"), Vocabulary);
    const where = `${path("vocab.json")} with merges.txt`;
    return {
      where,
      isWhole: false,
      json: { model: { type: "BPE", vocab, merges: readMerges(merges, path("merges.txt")) } },
    };
  }
  const missing =
    vocabulary !== undefined ? ": merges.txt is missing" : merges !== undefined ? ": vocab.json is missing" : "";
  throw new SimvlmError(
    "no-tokenizer",
    `${folder} has no tokenizer${missing}. It needs a tokenizer.json, a vocab.txt, or a vocab.json with a merges.txt.`,
  );
}

/** In bytes; the tokenizers of the largest models take a third of it. */
const LONGEST = 100_000_000;

/**
 * The text of a file that a folder may lack.
 * @throws SimvlmError what `requireFile` and `readText` throw, but for a missing file
 */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    await requireFile(path, LONGEST);
    return await readText(path);
  } catch (cause) {
    if (cause instanceof SimvlmError && cause.code === "missing-file") return undefined;
    throw cause;
  }
}

const SPACE_AT_END = new RegExp(`${WHITE_SPACE}+$`, "v");

/** A piece a line, numbered from 0; white space at its end is no part of it. */
function numberLines(text: string, where: string): Record<string, number> {
  const ids = new Map<string, number>();
  for (const [id, line] of splitLines(text).entries()) {
    const piece = line.replace(SPACE_AT_END, "");
    const problem =
      piece === ""
        ? "is empty"
        : ids.has(piece)
          ? `repeats ${JSON.stringify(piece)} of line ${ids.get(piece)! + 1}`
          : "";
    if (problem !== "") {
      throw new SimvlmError(
        "bad-tokenizer",
        `${where}, line ${id + 1}, ${problem}. A vocabulary has one piece a line, each of them once.`,
      );
    }
    ids.set(piece, id);
  }
  return Object.fromEntries(ids);
}

/** Two pieces a line, the pair that was learned first at the top. */
function readMerges(text: string, where: string): [string, string][] {
  return splitLines(text).flatMap((line, index): [string, string][] => {
    if (line.startsWith("#version")) return [];
    const [left, right, ...more] = line.split(" ");
    if (left && right && more.length === 0) return [[left, right]];
    throw new SimvlmError(
      "bad-tokenizer",
      `${where}, line ${index + 1}, is ${JSON.stringify(line.slice(0, 60))}. Each line should name two pieces, with a space between them.`,
    );
  });
}
