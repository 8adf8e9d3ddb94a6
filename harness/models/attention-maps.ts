import type { ScoringOptions, TextScorer } from "./text-scorer.js";
import type { Execution, ModelExample } from "./vision-language-model.js";

/** What a key of attention stands for. A class token is a key without a place in the picture. */
export type AttentionKey =
  | { readonly kind: "class" }
  | { readonly kind: "patch"; readonly row: number; readonly column: number }
  /** `position` counts the tokens of the prompt, or of the text, from 0; of the text the start token is the first. */
  | { readonly kind: "prompt" | "text"; readonly position: number };

/**
 * Where the decoder looked for each token of one text: a probability for every key, in every layer and head. Over what
 * the encoder saw these are cross attentions; a decoder that has picture and text in one sequence looks at the text, too.
 */
export interface AttentionRecord {
  readonly layers: number;
  readonly heads: number;
  /** Tokens of the text, the start token not counted. */
  readonly tokens: number;
  /** Patches a side of the square that the model sees. */
  readonly grid: number;
  /** What each key stands for. */
  readonly keys: readonly AttentionKey[];
  /**
   * `question` where words look at a question and the question looks at the picture: probabilities are the products of
   * the two, head by head.
   */
  readonly through?: "question";
  /** `[layers, heads, tokens, keys]` */
  readonly data: Float32Array;
}

/** Self-attention of the stack that sees the picture, mean of the heads; its places begin with the record's keys. */
export interface SelfAttention {
  /** Places of the sequence. */
  readonly length: number;
  /** `[length, length]` of each layer, from the first; rows are queries. */
  readonly layers: readonly Float32Array[];
}

/** One example, and a text that was or might have been said of it. */
export interface SaidText {
  readonly example: ModelExample;
  /** Token ids, without special tokens. */
  readonly tokens: readonly number[];
}

/** Which attention maps a model has. */
export interface AttentionMaps {
  readonly layers: number;
  readonly heads: number;
  /**
   * Runs the example through the model again with the text as what it says, and keeps the attention.
   * @throws SimvlmError `no-image` for an example without a picture, `text-too-long`
   */
  record(said: SaidText, execution?: Execution): Promise<AttentionRecord>;
  /** For rollout; absent where the family does not tell. */
  selfAttention?(said: SaidText, execution?: Execution): Promise<SelfAttention>;
  /**
   * The derivative of each token's logit with respect to the attention paid when it was chosen, all else of the text
   * being as it is; absent where the family does not tell.
   * @param record of the same text
   * @returns `[layers, heads, tokens, keys]`
   */
  gradients?(record: AttentionRecord, said: SaidText, execution?: Execution): Promise<Float32Array>;
  /**
   * For what becomes of a text's probability when the picture is changed or patches must not be looked at; absent where
   * the family does not tell.
   * @throws SimvlmError `bad-option` for a layer that the decoder does not have
   */
  openScorer?(options?: ScoringOptions): TextScorer;
}

/** The keys of a picture's patches, row by row, then of so many tokens of the prompt and of the text. */
export function listKeys(grid: number, promptTokens: number, textTokens: number): AttentionKey[] {
  const tokens = (kind: "prompt" | "text", count: number) =>
    Array.from({ length: count }, (_, position): AttentionKey => ({ kind, position }));
  return [
    ...Array.from({ length: grid ** 2 }, (_, patch): AttentionKey => {
      return { kind: "patch", row: Math.floor(patch / grid), column: patch % grid };
    }),
    ...tokens("prompt", promptTokens),
    ...tokens("text", textTokens),
  ];
}

/** How many keys there are of each kind. */
export type KeyCounts = Readonly<Record<AttentionKey["kind"], number>>;

/** How many keys there are of each kind. */
export function countKinds(record: Pick<AttentionRecord, "keys">): KeyCounts {
  const count = (kind: AttentionKey["kind"]) => countKeys(record, kind);
  return { class: count("class"), patch: count("patch"), prompt: count("prompt"), text: count("text") };
}

/** How many keys are of this kind. */
export function countKeys({ keys }: Pick<AttentionRecord, "keys">, kind: AttentionKey["kind"]): number {
  return keys.filter((key) => key.kind === kind).length;
}
