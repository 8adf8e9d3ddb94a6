import type { Tensor } from "@tensorflow/tfjs-core";
import type { Hooks } from "../../layers/transformer.js";
import type { Weights } from "../../layers/weights.js";
import type { Noise } from "./noise.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** What a forward pass does besides computing its result. */
export interface ForwardOptions extends Pick<Hooks, "probes" | "masks"> {
  /** Keep every attention map and every layer's output. */
  readonly record?: boolean;
  /** Factors of the residual branches, see `sampleNoise`. */
  readonly noise?: Noise | undefined;
}

/**
 * What was kept, by name: `encoder.3.attention`, `decoder.3.attention`, `decoder.3.cross` `[batch, heads, query, key]`;
 * `prefix`, `encoder.3.output`, `encoder.output`, `decoder.3.output` `[batch, tokens, width]`. The prefix's tokens are
 * the image's, row by row, then the text's. Empty unless asked for.
 */
export type ForwardRecord = Record<string, Tensor>;

/** What every part of the network is given besides its input. */
export interface Context extends Hooks {
  readonly weights: Weights;
  readonly config: SimVLMConfig;
  readonly record: ForwardRecord;
}

/** The surroundings of one forward pass, its record empty. */
export function createContext(weights: Weights, config: SimVLMConfig, options: ForwardOptions = {}): Context {
  const record: ForwardRecord = {};
  const keep: Context["keep"] = (name, tensor) => {
    if (options.record) record[name] = tensor;
  };
  return { weights, config, noise: options.noise, probes: options.probes, masks: options.masks, keep, record };
}
