/** Everything that the weights depend on, besides the data and the checkpoint. */
export interface FinetuningRecipe {
  readonly steps: number;
  /** Of the order, the crops, the noise and a head's weights. */
  readonly seed: number;
  /** The highest one, see {@link Schedule}. */
  readonly learningRate: number;
  /** Examples in a batch. */
  readonly batch: number;
  /** How many parts a batch is computed in, one after the other. */
  readonly accumulate: number;
  /** How often a number is left out, 0 to 1. */
  readonly dropout: number;
  /** How often a whole branch of one example is left out, 0 to 1. */
  readonly stochasticDepth: number;
  /** The share of a target that goes to all other tokens; absent: none. */
  readonly labelSmoothing?: number | undefined;
  /** The least share of a picture that a random crop shows. */
  readonly minCrop: number;
  /** Gradients with a larger norm, over all weights, are scaled down to it. */
  readonly clipNorm: number;
  /** Of AdamW. */
  readonly weightDecay: number;
  /** The share of examples that may be unreadable before training gives up. */
  readonly maxFaultRate: number;
  /**
   * Only the config and the tokenizer of the checkpoint are used, so that the model learns from the task's examples
   * alone.
   */
  readonly fromScratch: boolean;
}

/** The recipe of a fine-tuning unless something else is asked for. */
export const FINETUNING_DEFAULTS: Omit<FinetuningRecipe, "steps" | "fromScratch"> = {
  seed: 1,
  learningRate: 5e-4,
  batch: 64,
  accumulate: 1,
  dropout: 0.1,
  stochasticDepth: 0.1,
  minCrop: 0.85,
  clipNorm: 1,
  weightDecay: 0.01,
  maxFaultRate: 0.01,
};
