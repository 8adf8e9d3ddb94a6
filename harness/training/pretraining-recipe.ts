/** Everything that the weights depend on, besides the data. */
export interface PretrainingRecipe {
  readonly steps: number;
  /** Of fresh weights, the order, the crops and the cuts. */
  readonly seed: number;
  /** The highest one, see {@link Schedule}. */
  readonly learningRate: number;
  /** Image-text pairs in a batch. */
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
