import * as tf from "@tensorflow/tfjs-core";
import { activationOf } from "../../layers/activations.js";
import { conv1d, conv1dShapes, denseBy, normAt, normShapes } from "../../layers/dense.js";
import type { Layer } from "../../layers/transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import type { Gpt2Config } from "./vit-gpt2-config.js";

const PREFIX = "decoder.transformer";
const HEAD = "decoder.lm_head";

/** GPT-2's layers, each with cross-attention to the picture. */
export function gpt2Layers(weights: Weights, { layers, heads, activation, epsilon }: Gpt2Config): Layer[] {
  const act = activationOf(activation);
  return Array.from({ length: layers }, (_, index) => {
    const place = `${PREFIX}.h.${index}`;
    const split = (x: tf.Tensor, name: string, parts: number): tf.Tensor[] =>
      tf.split(conv1d(x, weights, `${place}.${name}`), parts, -1); // parts × [batch, tokens, width]
    const triple = (x: tf.Tensor) => split(x, "attn.c_attn", 3) as [tf.Tensor, tf.Tensor, tf.Tensor]; // 3 × [batch, tokens, width]
    return {
      name: `decoder.${index}`,
      order: "pre-norm",
      attention: {
        heads,
        norm: normAt(weights, `${place}.ln_1`, epsilon),
        queriesKeysValues: triple,
        queries: (x) => triple(x)[0],
        keysValues: (x) => [triple(x)[1], triple(x)[2]],
        output: (x) => conv1d(x, weights, `${place}.attn.c_proj`), // [batch, tokens, width]
      },
      cross: {
        heads,
        norm: normAt(weights, `${place}.ln_cross_attn`, epsilon),
        queriesKeysValues: () => {
          throw new Error("cross-attention has no queries, keys and values of one sequence");
        },
        queries: (x) => conv1d(x, weights, `${place}.crossattention.q_attn`), // [batch, tokens, width]
        keysValues: (x) => split(x, "crossattention.c_attn", 2) as [tf.Tensor, tf.Tensor], // 2 × [batch, keys, width]
        output: (x) => conv1d(x, weights, `${place}.crossattention.c_proj`), // [batch, tokens, width]
      },
      mlp: {
        norm: normAt(weights, `${place}.ln_2`, epsilon),
        compute: (x) => conv1d(act(conv1d(x, weights, `${place}.mlp.c_fc`)), weights, `${place}.mlp.c_proj`), // [batch, tokens, width]
      },
    };
  });
}

/** Words with their positions: `[batch, length, width]`. @param start the position of the first token; default 0 */
export function embedGpt2Text(tokens: tf.Tensor, weights: Weights, start?: tf.Tensor): tf.Tensor {
  const get = under(weights, PREFIX);
  const words = tf.gather(get("wte.weight"), tokens as tf.Tensor2D); // [batch, length, width]
  const places = tf.range(0, tokens.shape[1]!, 1, "int32"); // [length]
  const positions = start ? tf.add(places, start) : places; // [length]
  return tf.add(words, tf.gather(get("wpe.weight"), positions as tf.Tensor1D)); // [batch, length, width]
}

/** States after the last norm, `[..., width]`. */
export function finishGpt2(weights: Weights, states: tf.Tensor, { epsilon }: Gpt2Config): tf.Tensor {
  return normAt(weights, `${PREFIX}.ln_f`, epsilon)(states); // [..., width]
}

/** From finished states to `[..., vocabulary]`. */
export function readGpt2Logits(weights: Weights, states: tf.Tensor): tf.Tensor {
  return denseBy(states, under(weights, HEAD)("weight")); // [..., vocabulary]
}

/** The output layer's weight, where it is the word embedding. */
export function tiedGpt2Weights({ tied }: Gpt2Config): Record<string, string> {
  return tied ? { [`${HEAD}.weight`]: `${PREFIX}.wte.weight` } : {};
}

/** The shapes of the weights of a GPT-2 with cross-attention. */
export function gpt2Shapes({ width, layers, mlpWidth, vocabularySize, positions, tied }: Gpt2Config): ParameterShapes {
  const all = Array.from({ length: layers }, (_, index): ParameterShapes => {
    const place = `${PREFIX}.h.${index}`;
    return {
      ...normShapes(`${place}.ln_1`, width),
      ...conv1dShapes(`${place}.attn.c_attn`, width, 3 * width),
      ...conv1dShapes(`${place}.attn.c_proj`, width, width),
      ...normShapes(`${place}.ln_cross_attn`, width),
      ...conv1dShapes(`${place}.crossattention.q_attn`, width, width),
      ...conv1dShapes(`${place}.crossattention.c_attn`, width, 2 * width),
      ...conv1dShapes(`${place}.crossattention.c_proj`, width, width),
      ...normShapes(`${place}.ln_2`, width),
      ...conv1dShapes(`${place}.mlp.c_fc`, width, mlpWidth),
      ...conv1dShapes(`${place}.mlp.c_proj`, mlpWidth, width),
    };
  });
  return {
    [`${PREFIX}.wte.weight`]: [vocabularySize, width],
    [`${PREFIX}.wpe.weight`]: [positions, width],
    ...Object.assign({}, ...all),
    ...normShapes(`${PREFIX}.ln_f`, width),
    ...(!tied && { [`${HEAD}.weight`]: [vocabularySize, width] }),
  };
}
