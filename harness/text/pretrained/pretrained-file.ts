import { isDeepStrictEqual } from "node:util";
import { SimvlmError } from "@simvlm/metrics";
import type { AddedToken } from "./added-tokens.js";
import { type PretrainedFile, parsePretrainedFile, TOKENIZER_CLASSES, type TokenizerClass } from "./file-schema.js";
import { buildPipeline, USUAL_TOKENS } from "./tokenizer-classes.js";
import type { DeclaredToken, TokenizerConfig } from "./tokenizer-config.js";
import type { TokenizerSource } from "./tokenizer-source.js";

/** A tokenizer as one `tokenizer.json`, whatever files it came from. */
export interface CollectedTokenizer {
  readonly file: PretrainedFile;
  /** Special tokens by purpose (`cls_token`). */
  readonly named: ReadonlyMap<string, DeclaredToken>;
}

/** The order in which special tokens that the vocabulary lacks get their ids. */
const PURPOSES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

/**
 * Puts the files of a folder together as the reference does (transformers 5.24).
 * @param hasRoom whether the model has room for a token of the config that the vocabulary lacks
 * @throws SimvlmError `bad-tokenizer`
 */
export function collectTokenizer(
  source: TokenizerSource,
  config: TokenizerConfig,
  hasRoom: (token: AddedToken) => boolean,
): CollectedTokenizer {
  const { where, json } = source;
  const declared = TOKENIZER_CLASSES.find((name) => name === config.tokenizerClass);
  const tokenizerClass = chooseClass(source, declared);
  const usual = USUAL_TOKENS[tokenizerClass];
  const builds = declared !== undefined || !source.isWhole;
  const unknown = config.named.get("unk_token")?.content ?? usual.unk_token!;
  const pipeline = builds ? buildPipeline(tokenizerClass, config, json.model, unknown) : {};
  const file = parsePretrainedFile(tokenizerClass, { ...json, ...pipeline }, where);
  const isThere = (name: string): boolean => builds || file.added_tokens.some(({ content }) => content === name);
  const named = nameTokens(config, new Map(Object.entries(usual).filter(([, name]) => isThere(name))));
  const added = addTokens(file, config, declared === undefined, named, hasRoom);
  return { file: { ...file, added_tokens: added, post_processor: file.post_processor ?? frame(named, added) }, named };
}

function chooseClass(
  { where, json: { model } }: TokenizerSource,
  declared: TokenizerClass | undefined,
): TokenizerClass {
  const type = model.type ?? ("merges" in model ? "BPE" : "WordPiece");
  if (type !== "WordPiece" && type !== "BPE") {
    throw new SimvlmError(
      "bad-tokenizer",
      `${where}: model.type is ${JSON.stringify(type)}. Only WordPiece (BERT's) and BPE (GPT-2's and CLIP's) can be used.`,
    );
  }
  if (declared === undefined) {
    if (type === "WordPiece") return "BertTokenizer";
    return Object.keys(model.vocab ?? {}).some((piece) => piece.endsWith("</w>")) ? "CLIPTokenizer" : "GPT2Tokenizer";
  }
  if ((declared === "BertTokenizer") === (type === "WordPiece")) return declared;
  throw new SimvlmError(
    "bad-tokenizer",
    `${where}: the vocabulary is of the type ${type}, but tokenizer_config.json calls it a ${declared}.`,
  );
}

function nameTokens(config: TokenizerConfig, usual: ReadonlyMap<string, string>): Map<string, DeclaredToken> {
  const named = new Map<string, DeclaredToken>();
  for (const purpose of new Set([...PURPOSES, ...config.named.keys()])) {
    const chosen = config.named.get(purpose);
    const name = usual.get(purpose);
    if (chosen) named.set(purpose, chosen);
    else if (chosen === undefined && name !== undefined) named.set(purpose, specialToken(name));
  }
  return named;
}

/**
 * The added tokens: those that files list, and special tokens of the config that they lack. Where the config writes one
 * token in several ways, the last decides how it is looked for.
 */
function addTokens(
  { model: { vocab }, added_tokens: ofFile }: PretrainedFile,
  config: TokenizerConfig,
  keepsFileTokens: boolean,
  named: ReadonlyMap<string, DeclaredToken>,
  hasRoom: (token: AddedToken) => boolean,
): AddedToken[] {
  const listed = new Map(config.added.map((token) => [token.id, token]));
  if (keepsFileTokens || !config.addedAreAll) for (const token of ofFile) listed.set(token.id, token);
  const added = new Map<string, AddedToken>();
  let next = Object.keys(vocab).length;
  const add = (token: DeclaredToken, isListed: boolean): void => {
    const known = Object.hasOwn(vocab, token.content) ? vocab[token.content] : added.get(token.content)?.id;
    const numbered = { ...token, id: known ?? next };
    if (token.content === "" || (known === undefined && !isListed && !hasRoom(numbered))) return;
    added.set(token.content, numbered);
    next = Math.max(next, numbered.id + 1);
  };
  const names = new Set(Array.from(named.values(), ({ content }) => content));
  for (const { id, ...token } of [...listed.values()].sort((a, b) => a.id - b.id)) {
    add({ ...token, special: token.special || names.has(token.content) }, true);
  }
  const lacking = [...named.values(), ...config.extra].filter(({ content }) => !added.has(content));
  const isFirst = (token: DeclaredToken, index: number) =>
    lacking.findIndex((other) => isDeepStrictEqual(other, token)) === index;
  for (const token of lacking.filter(isFirst)) add(token, false);
  return [...added.values()].sort((a, b) => a.id - b.id);
}

/** What stands around a text: the token that begins it and the one that ends it. */
function frame(named: ReadonlyMap<string, DeclaredToken>, added: readonly AddedToken[]): object | null {
  const [first, last] = [
    named.get("cls_token") ?? named.get("bos_token"),
    named.get("sep_token") ?? named.get("eos_token"),
  ];
  const tokens = added.filter(({ content }) => content === first?.content || content === last?.content);
  if (first === undefined || last === undefined || tokens.length !== 2) return null;
  const special = ({ content }: DeclaredToken) => ({ SpecialToken: { id: content, type_id: 0 } });
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  return {
    type: "TemplateProcessing",
    single: [special(first), sequence("A"), special(last)],
    pair: [special(first), sequence("A"), special(last), sequence("B"), special(last)],
    special_tokens: Object.fromEntries(
      tokens.map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
    ),
  };
}

function specialToken(content: string): DeclaredToken {
  return { content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}
