import type { HostPrefix } from "../../decoding/decoder.js";
import type { HostTensor } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/tokenizer.js";
import type { SimVLMConfig } from "./config.js";
import { batchPrefixes } from "./prefix-batch.js";

/** What a classifier reads of one example; pictures one for each pass. */
export interface HeadExample {
  /** Normalised pixels `[imageSize, imageSize, 3]`; none where no picture is shown. */
  readonly images: readonly Float32Array[];
  /** Token ids in the encoder. */
  readonly prefix: readonly number[];
  /** Token ids in the decoder, read at the last. */
  readonly statement: readonly number[];
}

/** One pass in host memory, as `HeadInputs` has it. */
export type HostHeadInputs = HostPrefix & {
  readonly suffixTokens: HostTensor<Int32Array>;
  readonly last: HostTensor<Int32Array>;
};

export interface HeadPlaces {
  readonly prefixLength: number;
  /** The start token included. */
  readonly suffixLength: number;
}

/**
 * The passes of a classifier over a batch, by name and in order.
 * @param examples those with pictures first
 */
export function buildHeadPasses(
  examples: readonly HeadExample[],
  passes: 1 | 2,
  config: SimVLMConfig,
  tokenizer: Tokenizer,
  { prefixLength, suffixLength }: HeadPlaces,
): Record<string, HostHeadInputs> {
  const batch = examples.length;
  const tokens = new Int32Array(batch * suffixLength).fill(tokenizer.padId);
  const last = new Int32Array(batch);
  examples.forEach(({ statement }, row) => {
    const read = [tokenizer.startId, ...statement].slice(0, suffixLength);
    tokens.set(read, row * suffixLength);
    last[row] = read.length - 1;
  });
  const names = passes === 2 ? ["left", "right"] : ["only"];
  return Object.fromEntries(
    names.map((name, pass) => {
      const prefixes = examples.map(({ images, prefix }) => ({ image: images[pass], text: prefix }));
      return [
        name,
        {
          ...batchPrefixes(prefixes, config, tokenizer.padId, prefixLength),
          suffixTokens: { shape: [batch, suffixLength], data: tokens },
          last: { shape: [batch], data: last },
        },
      ];
    }),
  );
}
