import * as tf from "@tensorflow/tfjs-core";
import "../../engine/gradients/gradient-registry.js";
import { toTensors, type Weights } from "../../layers/weights.js";
import { createContext } from "../../models/simvlm/context.js";
import { encode } from "../../models/simvlm/model.js";
import type { WorkInputs } from "./bench-inputs.js";

/**
 * Milliseconds of tfjs's wasm backend for the encoder. It holds every intermediate tensor until the end, so the
 * examples of the batch are encoded one after the other and their times summed.
 */
export async function measureWasmEncoder({ config, weights, batch }: WorkInputs): Promise<number> {
  await import("@tensorflow/tfjs-backend-wasm");
  const previous = tf.getBackend();
  await tf.setBackend("wasm");
  const used = Object.fromEntries(Object.entries(weights).filter(([name]) => !name.startsWith("decoder")));
  const tensors: Weights = toTensors(used);
  const { images, prefixTokens, prefixMask } = toTensors(batch);
  let total = 0;
  for (let row = 0; row < images.shape[0]!; row++) {
    const one = (tensor: tf.Tensor) => tf.slice(tensor, row, 1);
    const begin = performance.now();
    tf.tidy(() => {
      const prefix = { images: one(images), prefixTokens: one(prefixTokens), prefixMask: one(prefixMask) };
      return encode(prefix, createContext(tensors, config)).tokens.dataSync();
    });
    total += performance.now() - begin;
  }
  tf.dispose([Object.values(tensors), images, prefixTokens, prefixMask]);
  await tf.setBackend(previous);
  return total;
}
