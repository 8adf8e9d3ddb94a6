import type { Tensor } from "@tensorflow/tfjs-core";
import type { Weights } from "../../layers/weights.js";
import type { SimVLMConfig } from "./config.js";
import type { Noise } from "./noise.js";

export interface ForwardOptions {
  /** Keep every attention map and every layer's output. */
  readonly record?: boolean;
  /** Factors of the residual branches, see `sampleNoise`. */
  readonly noise?: Noise | undefined;
  /**
   * Added to attention maps, by the names of the record: the gradient with respect to zeros here is the gradient with
   * respect to the map.
   */
  readonly probes?: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * What was kept, by name: `encoder.3.attention`, `decoder.3.attention`, `decoder.3.cross` `[batch, heads, query, key]`;
 * `prefix`, `encoder.3.output`, `encoder.output`, `decoder.3.output` `[batch, tokens, width]`. The prefix's tokens are
 * the image's, row by row, then the text's. Empty unless asked for.
 */
export type ForwardRecord = Record<string, Tensor>;

/** What every layer is given besides its input. */
export interface Context {
  readonly weights: Weights;
  readonly config: SimVLMConfig;
  readonly noise: Noise | undefined;
  readonly probes: ForwardOptions["probes"];
  readonly keep: (name: string, tensor: Tensor) => void;
  readonly record: ForwardRecord;
}

export function createContext(weights: Weights, config: SimVLMConfig, options: ForwardOptions = {}): Context {
  const record: ForwardRecord = {};
  const keep: Context["keep"] = (name, tensor) => {
    if (options.record) record[name] = tensor;
  };
  return { weights, config, noise: options.noise, probes: options.probes, keep, record };
}
