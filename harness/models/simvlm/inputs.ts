import type { Tensor } from "@tensorflow/tfjs-core";

/** What the suffix is conditioned on: pictures, text, or both; a row may lack either. */
export interface PrefixInputs {
  /**
   * `[images, imageSize, imageSize, 3]`, normalised. They belong to the first rows of the batch; rows after them have
   * none. Left out for a batch of text only.
   */
  readonly images?: Tensor | undefined;
  /** `[batch]`, 1 where the row has a picture, 0 where its image tokens must not be seen. Left out: every row has one. */
  readonly imageMask?: Tensor | undefined;
  /** `[batch, prefix]` int32. Left out when no row has text in its prefix. */
  readonly prefixTokens?: Tensor | undefined;
  /** `[batch, prefix]`, 1 for text, 0 for padding after it. Comes with `prefixTokens`. */
  readonly prefixMask?: Tensor | undefined;
}

export interface ModelInputs extends PrefixInputs {
  /** `[batch, suffix]` int32, beginning with the start token; padding after the end has no effect on what is before it. */
  readonly suffixTokens: Tensor;
}
