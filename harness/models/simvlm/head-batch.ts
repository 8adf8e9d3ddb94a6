import type { HostTensor } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import type { ClassifierExample, TextPlaces } from "../vision-language-model.js";
import type { HostPrefix } from "./batch.js";
import { batchPrefixes } from "./prefix-batch.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** One pass in host memory, as `HeadInputs` has it. */
export type HostHeadInputs = HostPrefix & {
  readonly suffixTokens: HostTensor<Int32Array>;
  readonly last: HostTensor<Int32Array>;
};

/**
 * The passes of a classifier over a batch, by name and in order.
 * @param examples those with pictures first
 */
export function buildHeadPasses(
  examples: readonly ClassifierExample[],
  passes: 1 | 2,
  config: SimVLMConfig,
  tokenizer: Tokenizer,
  places: TextPlaces,
): Record<string, HostHeadInputs> {
  const batch = examples.length;
  const length = places.text + 1; // the start token's place
  const tokens = new Int32Array(batch * length).fill(tokenizer.padId);
  const last = new Int32Array(batch);
  examples.forEach(({ statement }, row) => {
    const read = [tokenizer.startId, ...statement].slice(0, length);
    tokens.set(read, row * length);
    last[row] = read.length - 1;
  });
  const names = passes === 2 ? ["left", "right"] : ["only"];
  return Object.fromEntries(
    names.map((name, pass) => {
      // A masked control shows no picture; a statement about two is read twice all the same.
      const prefixes = examples.map(({ images, prompt }) => ({ image: images[pass], prompt }));
      return [
        name,
        {
          ...batchPrefixes(prefixes, config, tokenizer.padId, places.prompt),
          suffixTokens: { shape: [batch, length], data: tokens },
          last: { shape: [batch], data: last },
        },
      ];
    }),
  );
}
