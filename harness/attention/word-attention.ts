import { SimvlmError } from "@simvlm/metrics";
import type { AttentionKey, AttentionRecord } from "../models/attention-maps.js";
import type { WordSpan } from "../text/word-spans.js";
import type { Shares } from "./word-shares.js";

/** A layer or a head, counted from 0, or the mean of all. */
export type Choice = number | "mean";

/** Which layer and which head are looked at; default the mean of all. */
export interface AttentionChoice {
  readonly layer?: Choice;
  readonly head?: Choice;
}

const DEFAULTS = { layer: "mean", head: "mean" } as const;

/** Where the model looked for one word. The shares add up to 1. */
export interface WordAttention extends WordSpan, Shares {
  /** Probability of each patch, `[grid, grid]`; they add up to `image`. */
  readonly map: Float32Array;
}

/**
 * The chosen layer and head, or means of them.
 * @returns `[tokens, keys]`
 * @throws SimvlmError `bad-option` when there is no such layer or head
 */
export function averageAttention(record: AttentionRecord, choice: AttentionChoice = {}): Float32Array {
  const { layers, heads } = listChosen(record, choice);
  const size = record.data.length / (record.layers * record.heads);
  const sum = new Float64Array(size);
  for (const l of layers) {
    for (const h of heads) {
      const begin = (l * record.heads + h) * size;
      for (let i = 0; i < size; i++) sum[i]! += record.data[begin + i]!;
    }
  }
  return Float32Array.from(sum, (value) => value / (layers.length * heads.length));
}

/**
 * The numbers of the chosen layers and heads, out of so many.
 * @throws SimvlmError `bad-option` when there is no such layer or head
 */
export function listChosen(
  counts: Pick<AttentionRecord, "layers" | "heads">,
  choice: AttentionChoice,
): { layers: readonly number[]; heads: readonly number[] } {
  const { layer, head } = { ...DEFAULTS, ...choice };
  return { layers: list("layer", layer, counts.layers), heads: list("head", head, counts.heads) };
}

function list(what: string, choice: Choice, count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  if (choice === "mean") return all;
  if (all.includes(choice)) return [choice];
  throw new SimvlmError(
    "bad-option",
    `There is no ${what} ${choice}: the decoder has ${count}, 0 to ${count - 1}. Give one of them, or mean.`,
  );
}

/**
 * Attention by word: the mean over the word's tokens, which are found by position, since a word may come twice.
 * @param average `[tokens, keys]`, see `averageAttention`
 * @param words of the same tokens, see `Tokenizer.words`
 */
export function poolWords(average: Float32Array, record: AttentionRecord, words: readonly WordSpan[]): WordAttention[] {
  const { keys, grid } = record;
  return words.map((word) => {
    const mean = new Float64Array(keys.length);
    for (let token = word.start; token < word.end; token++) {
      for (let key = 0; key < keys.length; key++) {
        mean[key]! += average[token * keys.length + key]! / (word.end - word.start);
      }
    }
    const map = new Float32Array(grid ** 2);
    const shares: Partial<Record<AttentionKey["kind"], number>> = {};
    for (const [place, key] of keys.entries()) {
      if (key.kind === "patch") map[key.row * grid + key.column] = mean[place]!;
      shares[key.kind] = (shares[key.kind] ?? 0) + mean[place]!;
    }
    const { patch: image = 0, prompt = 0, text: suffix = 0, class: classToken } = shares;
    return { ...word, map, image, prompt, suffix, ...(classToken !== undefined && { classToken }) };
  });
}
