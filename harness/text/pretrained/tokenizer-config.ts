import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../files/parse-json.js";
import type { AddedToken } from "./added-tokens.js";
import { readIfThere } from "./tokenizer-source.js";

/** A token as a config names it; its place in the vocabulary gives its id. */
export type DeclaredToken = Omit<AddedToken, "id">;

/** What `tokenizer_config.json` says, and older folders in `special_tokens_map.json` and `added_tokens.json` beside it. */
export interface TokenizerConfig {
  /** The class that made the tokenizer, without the "Fast" at its end. */
  readonly tokenizerClass: string | undefined;
  readonly lowercase: boolean;
  /** Null if accents go where upper case does. */
  readonly stripAccents: boolean | null;
  /** Whether every Chinese character is a word. */
  readonly splitChinese: boolean;
  /** Whether a text begins with a space, like any other word. */
  readonly addPrefixSpace: boolean;
  /** Whether decoded text loses the spaces before punctuation marks and in contractions. */
  readonly cleanUp: boolean;
  /** Special tokens by purpose (`cls_token`); null where there is none. */
  readonly named: ReadonlyMap<string, DeclaredToken | null>;
  /** Special tokens without a purpose of their own. */
  readonly extra: readonly DeclaredToken[];
  /** Tokens beside or within the vocabulary. */
  readonly added: readonly AddedToken[];
  /** Whether `added` are all, those of a `tokenizer.json` being left aside. */
  readonly addedAreAll: boolean;
}

const flag = z.boolean().default(false);
const token = z.union([
  z.string().transform((content): DeclaredToken => ({ content, ...PLAIN })),
  z.object({ content: z.string(), single_word: flag, lstrip: flag, rstrip: flag, normalized: flag, special: flag }),
]);
const PLAIN = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const tokens = z.union([z.array(token), z.record(z.string(), token)]).nullish();

const ConfigJson = z
  .looseObject({
    tokenizer_class: z.string().nullish(),
    do_lower_case: z.boolean().nullish(),
    strip_accents: z.boolean().nullish(),
    tokenize_chinese_chars: z.boolean().nullish(),
    add_prefix_space: z.boolean().nullish(),
    clean_up_tokenization_spaces: z.boolean().nullish(),
    added_tokens_decoder: z.record(z.string().regex(/^\d{1,9}$/), token).optional(),
    additional_special_tokens: tokens,
    extra_special_tokens: tokens,
  })
  .describe("a tokenizer_config.json");
const SpecialTokensMap = z
  .looseObject({ additional_special_tokens: tokens, extra_special_tokens: tokens })
  .describe("a special_tokens_map.json");
const AddedTokens = z.record(z.string(), z.int().nonnegative()).describe("an added_tokens.json, tokens and their ids");

/**
 * Reads what a folder says about its tokenizer; every file may be missing.
 * @throws SimvlmError what `readJson` throws
 */
export async function readTokenizerConfig(folder: string): Promise<TokenizerConfig> {
  const read = async <T>(name: string, schema: z.ZodType<T>): Promise<T> => {
    const path = join(folder, name);
    return parseJson((await readIfThere(path)) ?? "{}", path, schema);
  };
  const own = await read("tokenizer_config.json", ConfigJson);
  const { added_tokens_decoder: decoder } = own;
  const older = decoder ? {} : await read("special_tokens_map.json", SpecialTokensMap);
  const all = { ...own, ...older };
  const named = new Map<string, DeclaredToken | null>();
  for (const [purpose, value] of Object.entries(all)) {
    if (!purpose.endsWith("_token")) continue;
    const { data } = token.nullable().safeParse(value);
    if (data !== undefined) named.set(purpose, data && { ...data, special: true });
  }
  const [extra = []] = [all.extra_special_tokens, all.additional_special_tokens]
    .map((listed) => Object.values(listed ?? {}))
    .filter((listed) => listed.length > 0);
  const special = new Set([...named.values(), ...extra].map((declared) => declared?.content));
  const listed = decoder ? {} : await read("added_tokens.json", AddedTokens);
  return {
    tokenizerClass: own.tokenizer_class?.replace(/Fast$/, ""),
    lowercase: own.do_lower_case ?? true,
    stripAccents: own.strip_accents ?? null,
    splitChinese: own.tokenize_chinese_chars ?? true,
    addPrefixSpace: own.add_prefix_space ?? false,
    cleanUp: own.clean_up_tokenization_spaces ?? false,
    named,
    extra,
    added: [
      ...Object.entries(decoder ?? {}).map(([id, declared]) => ({ ...declared, id: Number(id) })),
      ...Object.entries(listed).map(([content, id]) => {
        const isSpecial = special.has(content);
        return { ...PLAIN, id, content, special: isSpecial, normalized: !isSpecial };
      }),
    ],
    addedAreAll: decoder !== undefined,
  };
}
