import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";

/*
 * The three kinds of `tokenizer.json` that published captioners have, as the Hugging Face libraries write them. What is
 * left out of older files has the libraries' default.
 */

const flag = (usual: boolean) => z.boolean().default(usual);

const AddedTokenSchema = z.object({
  id: z.int().nonnegative(),
  content: z.string().min(1),
  single_word: flag(false),
  lstrip: flag(false),
  rstrip: flag(false),
  normalized: flag(false),
  special: flag(false),
});

/** Pieces and their ids. Checked by hand: a schema of a record takes longer than parsing its JSON. */
const VocabularySchema = z
  .custom<Record<string, number>>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
    error: "expected an object of pieces and their ids",
  })
  .superRefine((vocabulary, context) => {
    const seen = new Map<number, string>();
    for (const [piece, id] of Object.entries(vocabulary)) {
      const twin = seen.get(id);
      if (Number.isSafeInteger(id) && id >= 0 && twin === undefined) seen.set(id, piece);
      else {
        const problem =
          twin === undefined ? "an id is a whole number from 0 on" : `id ${id} is that of ${quote(twin)} too`;
        return context.addIssue({ code: "custom", path: [piece], message: problem });
      }
    }
    if (seen.size === 0) context.addIssue({ code: "custom", message: "it has no pieces" });
  });

type Merge = readonly [left: string, right: string];

/** Newer files write a merge as a pair, older ones with a space between the two. */
const MergesSchema = z.array(z.unknown()).transform((merges, context) =>
  merges.map((merge, index): Merge => {
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (isPair(pair)) return pair;
    context.addIssue({ code: "custom", path: [index], message: "expected two pieces with a space between them" });
    return z.NEVER;
  }),
);

function isPair(value: unknown): value is Merge {
  return (
    Array.isArray(value) && value.length === 2 && value.every((piece) => typeof piece === "string" && piece !== "")
  );
}

const WordPieceModel = z
  .object({
    type: z.literal("WordPiece").default("WordPiece"),
    unk_token: z.string(),
    continuing_subword_prefix: z.string().default("##"),
    max_input_chars_per_word: z.int().positive().default(100),
    vocab: VocabularySchema,
  })
  .refine(({ unk_token, vocab }) => Object.hasOwn(vocab, unk_token), {
    path: ["unk_token"],
    error: "the vocabulary lacks this token, which stands for unknown words",
  });

const nothing = z
  .union([z.literal(""), z.null()])
  .optional()
  .transform(() => null);

const BytePairModel = z
  .object({
    type: z.literal("BPE").default("BPE"),
    dropout: z.null().default(null),
    unk_token: z.string().nullable().default(null),
    continuing_subword_prefix: nothing,
    end_of_word_suffix: z.union([z.literal("</w>"), nothing]),
    fuse_unk: z.literal(false).default(false),
    byte_fallback: z.literal(false).default(false),
    ignore_merges: flag(false),
    vocab: VocabularySchema,
    merges: MergesSchema,
  })
  .superRefine(({ vocab, merges, unk_token }, context) => {
    if (unk_token !== null && !Object.hasOwn(vocab, unk_token)) {
      const message = "the vocabulary lacks this token, which stands for unknown bytes";
      context.addIssue({ code: "custom", path: ["unk_token"], message });
    }
    for (const [index, [left, right]] of merges.entries()) {
      const unknown = [left, right, left + right].find((piece) => !Object.hasOwn(vocab, piece));
      if (unknown === undefined) continue;
      const message = `${quote(`${left} ${right}`)} needs ${quote(unknown)}, which the vocabulary lacks`;
      return context.addIssue({ code: "custom", path: ["merges", index], message });
    }
  });

const BertNormalizerSchema = z.object({
  type: z.literal("BertNormalizer"),
  clean_text: flag(true),
  handle_chinese_chars: flag(true),
  strip_accents: z.boolean().nullable().default(null),
  lowercase: flag(true),
});

const ByteLevel = z.object({
  type: z.literal("ByteLevel"),
  add_prefix_space: flag(true),
  trim_offsets: flag(true),
  use_regex: z.literal(true).default(true),
});

/** CLIP's words, as its files write the pattern. */
export const CLIP_PATTERN =
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

const WhiteSpaceToSpace = z.object({
  type: z.literal("Replace"),
  pattern: z.object({ Regex: z.literal("\\s+") }),
  content: z.literal(" "),
});

const ClipWords = z.object({
  type: z.literal("Split"),
  pattern: z.object({ Regex: z.literal(CLIP_PATTERN) }),
  behavior: z.literal("Removed"),
  invert: z.literal(true),
});

const Shared = {
  version: z.literal("1.0").default("1.0"),
  added_tokens: z.array(AddedTokenSchema).default([]),
  post_processor: z.custom<object | null>((value) => typeof value === "object").default(null),
};

const WordPieceFileSchema = z.object({
  ...Shared,
  normalizer: BertNormalizerSchema,
  pre_tokenizer: z.object({ type: z.literal("BertPreTokenizer") }),
  decoder: z.object({ type: z.literal("WordPiece"), prefix: z.string().default("##"), cleanup: flag(true) }),
  model: WordPieceModel,
});

const Gpt2FileSchema = z.object({
  ...Shared,
  normalizer: z.null().default(null),
  pre_tokenizer: ByteLevel,
  decoder: ByteLevel,
  model: BytePairModel.refine(({ end_of_word_suffix }) => end_of_word_suffix === null, {
    path: ["end_of_word_suffix"],
    error: "GPT-2's words have none",
  }),
});

const ClipFileSchema = z.object({
  ...Shared,
  normalizer: z.object({
    type: z.literal("Sequence"),
    normalizers: z.tuple([
      z.object({ type: z.literal("NFC") }),
      WhiteSpaceToSpace,
      z.object({ type: z.literal("Lowercase") }),
    ]),
  }),
  pre_tokenizer: z.object({ type: z.literal("Sequence"), pretokenizers: z.tuple([ClipWords, ByteLevel]) }),
  decoder: ByteLevel,
  model: BytePairModel.refine(
    ({ end_of_word_suffix, unk_token }) => end_of_word_suffix !== null && unk_token !== null,
    {
      error: "CLIP's words end in </w>, and unknown bytes have a token",
    },
  ),
});

/** The classes of the reference whose tokenizers can be read. */
export const TOKENIZER_CLASSES = ["BertTokenizer", "GPT2Tokenizer", "CLIPTokenizer"] as const;
/** A class of the reference whose tokenizers can be read. */
export type TokenizerClass = (typeof TOKENIZER_CLASSES)[number];

/** How BERT's texts are prepared. */
export type BertNormalizer = z.output<typeof BertNormalizerSchema>;
/** The tokenizer of GIT and BLIP. */
export type WordPieceFile = z.output<typeof WordPieceFileSchema>;
/** The tokenizer of GPT-2. */
export type Gpt2File = z.output<typeof Gpt2FileSchema>;
/** The tokenizer of CLIP. */
export type ClipFile = z.output<typeof ClipFileSchema>;
/** A `tokenizer.json` that can be used. */
export type PretrainedFile = WordPieceFile | Gpt2File | ClipFile;

/**
 * Checks a tokenizer file of a class.
 * @param where names the file in the message
 * @throws SimvlmError `bad-tokenizer` with the JSON path of the first difference
 */
export function parsePretrainedFile(tokenizerClass: TokenizerClass, json: unknown, where: string): PretrainedFile {
  const schemas = { BertTokenizer: WordPieceFileSchema, GPT2Tokenizer: Gpt2FileSchema, CLIPTokenizer: ClipFileSchema };
  const schema: z.ZodType<PretrainedFile> = schemas[tokenizerClass];
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new SimvlmError(
    "bad-tokenizer",
    `${where}: ${z.core.toDotPath(path)}: ${message}. It is read as a ${tokenizerClass}, the class that tokenizer_config.json names or the vocabulary looks like.`,
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
