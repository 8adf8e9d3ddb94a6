import * as tf from "@tensorflow/tfjs-core";
import type { Decoder } from "../../decoding/decoder.js";
import { toTensors, type Weights } from "../../layers/weights.js";
import type { HostPrefix } from "./batch.js";
import { decodeStep, emptyCache, rememberPrefix } from "./cached-decoding.js";
import { checkLength, countExamples } from "./prefix-batch.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** Decoding on the current tfjs backend. */
export function createEagerDecoder(weights: Weights, config: SimVLMConfig): Decoder<HostPrefix> {
  return {
    vocabularySize: config.vocabularySize,
    countExamples,
    async encode(prefix, { beams, length }) {
      checkLength(prefix, length, config);
      const memory = tf.tidy(() => rememberPrefix(weights, toTensors(prefix), config));
      let cache = tf.tidy(() => emptyCache(config, countExamples(prefix) * beams, length));
      return {
        async step(tokens, position, parents) {
          const { logits, cache: written } = tf.tidy(() => {
            const inputs = {
              tokens: tf.tensor1d(tokens, "int32"),
              position: tf.scalar(position, "int32"),
              parents: parents && tf.tensor1d(parents, "int32"),
            };
            return decodeStep(weights, memory, cache, inputs, config);
          });
          tf.dispose(cache);
          cache = written;
          const values = await logits.data<"float32">();
          logits.dispose();
          return values;
        },
        dispose: () => tf.dispose([memory, cache] as tf.TensorContainer[]),
      };
    },
  };
}
