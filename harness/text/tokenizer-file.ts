import { isDeepStrictEqual } from "node:util";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomic.js";
import { findExcess } from "../files/json-table.js";
import { readModelText } from "../files/model-text.js";
import { JSON_LIMITS } from "../files/parse-json.js";
import { BYTE_PIECES, FIRST_PIECE_ID, SPACE_MARK, SPECIAL_TOKENS, UNKNOWN_ID } from "./symbols.js";

/** A piece as the file writes it, spaces as U+2581, and its log probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** A `tokenizer.json` as the Hugging Face libraries write it, whatever its model. */
export interface TokenizerFile {
  readonly added_tokens: readonly object[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly post_processor: object | null;
  readonly decoder: object | null;
  readonly model: { readonly type: string; readonly vocab: object };
}

/**
 * The `tokenizer.json` of SimVLM: a Unigram model with byte fallback. Its pipeline is fixed (see PIPELINE): there is no
 * Unicode normalisation, so that text comes back as it went in.
 */
export interface UnigramFile extends TokenizerFile {
  readonly version: "1.0";
  readonly normalizer: object;
  readonly pre_tokenizer: object;
  readonly post_processor: null;
  readonly decoder: { readonly type: "Sequence"; readonly decoders: readonly object[] };
  readonly model: {
    readonly type: "Unigram";
    readonly unk_id: number;
    readonly byte_fallback: true;
    readonly vocab: readonly ScoredPiece[];
  };
}

/** What stands between text and pieces: a space in front, spaces as U+2581, bytes for what the vocabulary lacks. */
const PIPELINE = {
  added_tokens: SPECIAL_TOKENS.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: "Sequence",
    normalizers: [
      { type: "Prepend", prepend: SPACE_MARK },
      { type: "Replace", pattern: { String: " " }, content: SPACE_MARK },
    ],
  },
  pre_tokenizer: { type: "Metaspace", replacement: SPACE_MARK, prepend_scheme: "never", split: true },
  post_processor: null,
  decoder: {
    type: "Sequence",
    decoders: [
      { type: "Replace", pattern: { String: SPACE_MARK }, content: " " },
      { type: "ByteFallback" },
      { type: "Fuse" },
      { type: "Strip", content: " ", start: 1, stop: 0 },
    ],
  },
} as const;

/**
 * The tokenizer file of these learned pieces.
 * @param pieces with spaces written as U+2581; they get the ids from 260 on, in this order
 */
export function tokenizerFile(pieces: readonly ScoredPiece[]): UnigramFile {
  // Byte pieces are reached by fallback only. A score below every piece keeps readers that match them as text
  // from preferring "<0x41>" to its six characters.
  const byteScore = pieces.reduce((lowest, [, score]) => Math.min(lowest, score), 0) - 10;
  const fixed: ScoredPiece[] = [
    ...SPECIAL_TOKENS.map((token) => [token, 0] as const),
    ...BYTE_PIECES.map((piece) => [piece, byteScore] as const),
  ];
  return {
    version: "1.0",
    ...PIPELINE,
    model: { type: "Unigram", unk_id: UNKNOWN_ID, byte_fallback: true, vocab: [...fixed, ...pieces] },
  };
}

const modelSchema = z.object({
  type: z.literal("Unigram"),
  unk_id: z.literal(UNKNOWN_ID),
  byte_fallback: z.literal(true),
  vocab: z.array(z.tuple([z.string().min(1), z.number()])).min(FIRST_PIECE_ID),
});

/**
 * Checks that a parsed `tokenizer.json` is one of ours: another pipeline would give other ids than those the model has
 * learned.
 * @param where names the file in the message
 * @throws SimvlmError `bad-tokenizer` with the JSON path of the first difference
 */
export function parseTokenizerFile(json: unknown, where: string): UnigramFile {
  if (typeof json !== "object" || json === null) throw refused(where, "", "is not a JSON object");
  for (const [key, expected] of Object.entries(PIPELINE)) {
    const found: unknown = Reflect.get(json, key);
    if (!isDeepStrictEqual(found, expected)) {
      throw refused(where, key, `is ${excerpt(found)}, not ${excerpt(expected)}`);
    }
  }
  const model = modelSchema.safeParse(Reflect.get(json, "model"));
  if (!model.success) {
    const issue = model.error.issues[0]!;
    throw refused(where, ["model", ...issue.path].join("."), issue.message);
  }
  checkVocabulary(model.data.vocab, where);
  return { version: "1.0", ...PIPELINE, model: model.data };
}

function checkVocabulary(vocab: readonly ScoredPiece[], where: string): void {
  const seen = new Map<string, number>();
  const fixed = [...SPECIAL_TOKENS, ...BYTE_PIECES];
  for (const [id, [piece]] of vocab.entries()) {
    const path = `model.vocab.${id}`;
    const twin = seen.get(piece);
    if (twin !== undefined) throw refused(where, path, `repeats the piece ${JSON.stringify(piece)} of id ${twin}`);
    if (id < fixed.length && piece !== fixed[id]) {
      throw refused(where, path, `is ${JSON.stringify(piece)}, not ${JSON.stringify(fixed[id])}`);
    }
    if (piece.includes(SPACE_MARK, 1)) {
      throw refused(
        where,
        path,
        `${JSON.stringify(piece)} spans two words; a piece may have U+2581 only at its beginning`,
      );
    }
    if (id >= fixed.length && looksLikeByte(piece)) {
      throw refused(where, path, `${JSON.stringify(piece)} would be decoded as a byte`);
    }
    seen.set(piece, id);
  }
}

/** Decoders take every piece written like this for a byte, whatever its hexadecimal digits look like. */
function looksLikeByte(piece: string): boolean {
  return /^<0x..>$/s.test(piece);
}

function refused(where: string, path: string, problem: string): SimvlmError {
  const place = path === "" ? where : `${where}: ${path}`;
  return new SimvlmError(
    "bad-tokenizer",
    `${place} ${problem}. Only a Unigram tokenizer.json as \`simvlm tokenizer train\` writes it can be used.`,
  );
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/**
 * Reads and checks a `tokenizer.json`, see {@link parseTokenizerFile}.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, `bad-tokenizer`
 */
export async function readTokenizerFile(path: string): Promise<UnigramFile> {
  const text = await readModelText(path);
  const excess = findExcess(text, JSON_LIMITS);
  if (excess !== undefined) throw refused(path, "", excess);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SimvlmError("bad-tokenizer", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  return parseTokenizerFile(json, path);
}

/**
 * The text of a `tokenizer.json`; if the vocabulary is a list, each piece has a line. The same tokenizer gives the same
 * bytes.
 */
export function serializeTokenizer({ model, ...rest }: TokenizerFile): string {
  if (!Array.isArray(model.vocab)) return `${JSON.stringify({ ...rest, model }, null, 2)}\n`;
  const pieces = model.vocab.map((entry) => `      ${JSON.stringify(entry)}`).join(",\n");
  const head = JSON.stringify({ ...rest, model: { ...model, vocab: [] } }, null, 2);
  return `${head.replace('"vocab": []', () => `"vocab": [\n${pieces}\n    ]`)}\n`;
}

/**
 * Writes the file whole or not at all.
 * @throws SimvlmError `cannot-write`
 */
export async function saveTokenizer(file: TokenizerFile, path: string): Promise<void> {
  await writeFileAtomic(path, serializeTokenizer(file));
}
