/** What a batch is encoded for. */
export interface EncodeOptions {
  /** Rows decoded from each example. */
  readonly beams: number;
  /** Places of the suffix, the start token included. */
  readonly length: number;
}

/**
 * What search needs of a model. Eager tfjs and the compiled engine each have one; search itself knows no tensors.
 * @typeParam Prefix what the texts of a batch are conditioned on, in host memory; search hands it on unseen
 */
export interface Decoder<Prefix> {
  readonly vocabularySize: number;
  /** How many examples a batch has. */
  countExamples(prefix: Prefix): number;
  /** Computes what decoding needs of the prefixes and makes an empty cache. */
  encode(prefix: Prefix, options: EncodeOptions): Promise<DecodingSession>;
}

/** The likeliest next tokens of each row, best first; of equal ones the lower id first. */
export interface BestTokens {
  /** `[rows · count]` */
  readonly ids: Int32Array;
  /** `[rows · count]` */
  readonly logits: Float32Array;
  /** log Σ exp over all of a row's logits, `[rows]`. */
  readonly normalisers: Float32Array;
}

/**
 * One batch being decoded. Its rows are the beams of the first example, then those of the second, and so on. For each
 * position, counted from 0, one of the methods that take tokens is called once.
 */
export interface DecodingSession {
  /**
   * Takes one token of each row.
   * @param tokens `[rows]`
   * @param position 0 at the first call, then one more each time
   * @param parents `[rows]`, the row that each row goes on from, of the same example; left out, each its own
   * @returns logits of the next token, `[rows · vocabulary]`; the caller may overwrite them
   */
  step(tokens: Int32Array, position: number, parents?: Int32Array): Promise<Float32Array>;
  /**
   * As `step`, for no more than each row's likeliest next tokens; absent where only all logits can be had.
   * @param count how many, at most the vocabulary; search asks for few different counts
   */
  stepBest?(tokens: Int32Array, position: number, count: number, parents?: Int32Array): Promise<BestTokens>;
  /** As `step`, each row going on from itself, where nobody asks what comes next; absent: `step` serves. */
  feed?(tokens: Int32Array, position: number): Promise<void>;
  /** Frees the cache; no further step can be taken. */
  dispose(): void;
}
