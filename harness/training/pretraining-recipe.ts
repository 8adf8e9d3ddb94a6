import { SimvlmError } from "@simvlm/metrics";
import type { TextCut } from "../models/trainable.js";

/**
 * What is learnt from a text: to continue what is read of it (`prefix-lm`, the paper's), to tell the spans that were taken
 * out of it (`span-corruption`, T5's), or to tell all of it, of which nothing is read beforehand (`lm`).
 */
export const PRETRAINING_OBJECTIVES = ["prefix-lm", "span-corruption", "lm"] as const;
/** One of {@link PRETRAINING_OBJECTIVES}. */
export type PretrainingObjective = (typeof PRETRAINING_OBJECTIVES)[number];

/** Everything that the weights depend on, besides the data. What is absent is as the paper has it. */
export interface PretrainingRecipe {
  readonly steps: number;
  /** Of fresh weights, the order, the crops and the cuts. */
  readonly seed: number;
  /** The highest one, see {@link Schedule}. */
  readonly learningRate: number;
  /** Image-text pairs in a batch; 0 for text alone. */
  readonly pairs: number;
  /** Text-only documents in a batch. */
  readonly documents: number;
  /** How many parts a batch is computed in, one after the other. */
  readonly accumulate: number;
  /** Room for text in the encoder, in tokens. */
  readonly prefixLength: number;
  /** Room for text in the decoder, in tokens, the start token included. */
  readonly suffixLength: number;
  /** The share of the pairs whose text is left whole, for the decoder. */
  readonly wholeSuffix: number;
  /** Pairs with a longer text, in tokens, are passed over; absent: none are. */
  readonly longestText?: number | undefined;
  /** Absent: `prefix-lm`. */
  readonly objective?: Exclude<PretrainingObjective, "prefix-lm"> | undefined;
  /** Of PrefixLM: how many tokens of each text are read, instead of a number drawn anew. */
  readonly fixedPrefix?: number | undefined;
  /** The share of the pairs that is used, the same ones in every pass; absent: all. */
  readonly pairShare?: number | undefined;
  /** The share of the pairs, the same ones in every pass, whose text is that of another picture; absent: none. */
  readonly wrongPairs?: number | undefined;
  /** The least share of a picture that a random crop shows. */
  readonly minCrop: number;
  /** Gradients with a larger norm, over all weights, are scaled down to it. */
  readonly clipNorm: number;
  /** Of AdamW. */
  readonly weightDecay: number;
  /** The share of examples that may be unreadable before training gives up. */
  readonly maxFaultRate: number;
}

/** The recipe of a pretraining unless something else is asked for. */
export const PRETRAINING_DEFAULTS: Omit<PretrainingRecipe, "steps"> = {
  seed: 1,
  learningRate: 6e-4,
  pairs: 20,
  documents: 4,
  accumulate: 1,
  prefixLength: 16,
  suffixLength: 20,
  wholeSuffix: 0.5,
  minCrop: 0.85,
  clipNorm: 1,
  weightDecay: 0.01,
  maxFaultRate: 0.01,
};

/**
 * Whether a recipe can be followed.
 * @param documents the files of documents
 * @throws SimvlmError `bad-recipe` for a fixed prefix of an objective that has none, and for batches of nothing
 */
export function checkPretrainingRecipe(recipe: PretrainingRecipe, documents: readonly string[]): void {
  const { objective, fixedPrefix } = recipe;
  if (objective !== undefined && fixedPrefix !== undefined) {
    throw new SimvlmError(
      "bad-recipe",
      `The objective ${objective} has no prefix that could have ${fixedPrefix} tokens: leave one of the two out.`,
    );
  }
  if (recipe.pairs === 0 && (recipe.documents === 0 || documents.length === 0)) {
    throw new SimvlmError("bad-recipe", "A batch has neither pairs nor documents: ask for some of one of them.");
  }
}

/** How a recipe divides texts. */
export function textCutOf({ objective, fixedPrefix }: Pick<PretrainingRecipe, "objective" | "fixedPrefix">): TextCut {
  if (objective === "lm") return "none";
  return objective === "span-corruption" ? "spans" : (fixedPrefix ?? "uniform");
}
