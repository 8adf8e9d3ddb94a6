import { SimvlmError } from "@simvlm/metrics";
import type { PrefixBatch } from "../batch.js";
import type { SimVLMConfig } from "../config.js";

/** The prefix of a batch in host memory. */
export type HostPrefix = Pick<PrefixBatch, "images" | "imageMask" | "prefixTokens" | "prefixMask">;

export interface EncodeOptions {
  /** Rows decoded from each example. */
  readonly beams: number;
  /** Places of the suffix, the start token included. */
  readonly length: number;
}

/** What search needs of a model. Eager tfjs and the compiled engine each have one; search itself knows no tensors. */
export interface Decoder {
  readonly vocabularySize: number;
  /** Computes what decoding needs of the prefixes and makes an empty cache. */
  encode(prefix: HostPrefix, options: EncodeOptions): Promise<DecodingSession>;
}

/** One batch being decoded. Its rows are the beams of the first example, then those of the second, and so on. */
export interface DecodingSession {
  /**
   * Takes one token of each row.
   * @param tokens `[rows]`
   * @param position 0 at the first call, then one more each time
   * @param parents `[rows]`, the row that each row goes on from, of the same example; left out, each its own
   * @returns logits of the next token, `[rows · vocabulary]`; the caller may overwrite them
   */
  step(tokens: Int32Array, position: number, parents?: Int32Array): Promise<Float32Array>;
  dispose(): void;
}

/** How many examples a batch of prefixes has. */
export function batchSize({ images, imageMask, prefixTokens }: HostPrefix): number {
  return (prefixTokens ?? imageMask ?? images)?.shape[0] ?? 0;
}

/** @throws SimvlmError `text-too-long` when the suffix would have more places than the model has positions */
export function checkLength(length: number, config: SimVLMConfig): void {
  if (length <= config.textLength) return;
  throw new SimvlmError(
    "text-too-long",
    `Decoding ${length} tokens (forced prefix included), but the model has ${config.textLength} text positions; lower maxLength.`,
  );
}
