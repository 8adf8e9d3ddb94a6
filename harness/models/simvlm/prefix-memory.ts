import * as tf from "@tensorflow/tfjs-core";
import { crossKeyValues, hideKeys, type KeyValues, selfAttention } from "../../layers/attention.js";
import { under, type Weights } from "../../layers/weights.js";
import type { SimVLMConfig } from "./config.js";
import { type Context, createContext } from "./context.js";
import { embedPrefix, prefixLengths } from "./embed.js";
import type { PrefixInputs } from "./inputs.js";
import { type Attend, layer } from "./layer.js";
import { encode } from "./model.js";
import { layerBiases } from "./relative.js";

/** What decoding needs of the prefix; computed once, read at every step. */
export type PrefixMemory = {
  /** The prefix's keys and values in each decoder layer, by the layer's name. */
  readonly layers: Record<string, KeyValues>;
  /** `[batch, 1, 1, prefix]`, added to the scores of the prefix's tokens. */
  readonly hidden: tf.Tensor;
  /** `[batch]` int32: the text position of the first suffix token. */
  readonly first: tf.Tensor;
};

/** Runs the prefix through the encoder, or through the single stack, of which it sees only itself. */
export function rememberPrefix(weights: Weights, inputs: PrefixInputs, config: SimVLMConfig): PrefixMemory {
  const context = createContext(weights, config);
  return config.layout === "decoder-only" ? rememberStack(inputs, context) : rememberEncoder(inputs, context);
}

function rememberEncoder(inputs: PrefixInputs, context: Context): PrefixMemory {
  const { weights, config } = context;
  const { tokens, hidden } = encode(inputs, context); // [batch, prefix, width]
  const layers: Record<string, KeyValues> = {};
  for (let index = 0; index < config.decoderLayers; index++) {
    const name = `decoder.${index}`;
    layers[name] = crossKeyValues(tokens, under(weights, `${name}.cross`), config.heads);
  }
  return { layers, hidden, first: tf.zeros([tokens.shape[0]!], "int32") };
}

function rememberStack(inputs: PrefixInputs, context: Context): PrefixMemory {
  const { weights, config } = context;
  const prefix = embedPrefix(inputs, context);
  const hidden = hideKeys(prefix.visible); // [batch, 1, 1, prefix]
  const biases = layerBiases("decoder", prefix.imageTokens, prefix.textTokens, hidden, weights);
  const layers: Record<string, KeyValues> = {};
  let x = prefix.tokens; // [batch, prefix, width]
  for (let index = 0; index < config.decoderLayers; index++) {
    const name = `decoder.${index}`;
    const see: Attend = (states, lookup) => {
      const seen = selfAttention(states, biases(index), lookup, config.heads);
      layers[name] = { keys: seen.keys, values: seen.values };
      return seen;
    };
    x = layer(x, name, see, undefined, context); // [batch, prefix, width]
  }
  return { layers, hidden, first: prefixLengths(inputs, x.shape[0]!) };
}
