import type { PrefixBatch } from "../models/simvlm/batch.js";
import type { SimVLMConfig } from "../models/simvlm/config.js";
import { requirePositions } from "../models/simvlm/embed.js";

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

/** @throws SimvlmError `text-too-long` when decoding may need more text positions than the model has */
export function checkLength(prefix: HostPrefix, length: number, config: SimVLMConfig): void {
  const before = config.layout === "decoder-only" ? (prefix.prefixTokens?.shape[1] ?? 0) : 0;
  requirePositions(before + length, config);
}
