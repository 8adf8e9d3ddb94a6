import * as tf from "@tensorflow/tfjs-core";
import { denseBy } from "./dense.js";
import { fromSequence } from "./key-values.js";
import { noMask } from "./masks.js";
import { joinPatches } from "./patches.js";
import { type Hooks, type Layer, runLayers } from "./transformer.js";

/** What turns a picture into tokens: a class token, then the patches row by row. */
export interface PatchEmbedding {
  /** `[width, 3, patch, patch]`, as PyTorch keeps a convolution. */
  readonly kernel: tf.Tensor;
  /** `[width]`; CLIP has none. */
  readonly bias?: tf.Tensor | undefined;
  /** Of `width` numbers. */
  readonly classToken: tf.Tensor;
  /** Of `tokens · width` numbers. */
  readonly positions: tf.Tensor;
}

/**
 * Pictures as tokens.
 * @param images `[batch, side, side, 3]`; pixels beyond whole patches are left out, as a convolution does
 * @returns `[batch, 1 + patches, width]`
 */
export function embedPatches(images: tf.Tensor, { kernel, bias, classToken, positions }: PatchEmbedding): tf.Tensor {
  const [width, , patch] = kernel.shape as [number, number, number, number];
  const [batch, height] = images.shape as [number, number];
  const side = Math.floor(height / patch) * patch;
  const whole = side === height ? images : tf.slice(images, [0, 0, 0, 0], [batch, side, side, 3]); // [batch, side, side, 3]
  const pixels = joinPatches(whole, patch); // [batch, patches, patch² · 3]
  // The pixels of a patch come row by row with their channels inside; so must the kernel's.
  const rows = tf.reshape(tf.transpose(kernel, [0, 2, 3, 1]), [width, patch * patch * 3]); // [width, patch² · 3]
  const patches = denseBy(pixels, rows, bias); // [batch, patches, width]
  const first = tf.add(tf.zeros([batch, 1, width]), tf.reshape(classToken, [1, 1, width])); // [batch, 1, width]
  const tokens = tf.concat([first, patches], 1); // [batch, 1 + patches, width]
  return tf.add(tokens, tf.reshape(positions, [1, tokens.shape[1]!, width])); // [batch, 1 + patches, width]
}

/** Tokens of a picture through layers in which every token sees every other. */
export function runVision(tokens: tf.Tensor, layers: readonly Layer[], hooks: Hooks): tf.Tensor {
  return runLayers(tokens, layers, { self: fromSequence(noMask) }, hooks); // [batch, tokens, width]
}
