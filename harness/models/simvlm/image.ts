import * as tf from "@tensorflow/tfjs-core";
import { linear, project } from "../../layers/linear.js";
import { groupNorm } from "../../layers/norms.js";
import { joinPatches } from "../../layers/patches.js";
import { perturb } from "../../layers/transformer.js";
import { type Lookup, under, type Weights } from "../../layers/weights.js";
import type { Noise } from "./noise.js";
import { type ConvStage, convStages, type SimVLMConfig } from "./simvlm-config.js";

/**
 * Pictures to tokens: ResNet stages (7×7/2 convolution, max-pool, bottlenecks), projection to the width, positions.
 * @param images `[batch, imageSize, imageSize, 3]`, normalised
 * @returns `[batch, tokens, width]`, row by row of the grid
 */
export function embedImages(images: tf.Tensor, weights: Weights, config: SimVLMConfig, noise?: Noise): tf.Tensor {
  const { stages, window } = convStages(config);
  const lookup = under(weights, "image");
  let x = images; // [batch, height, width, 3]
  if (stages.length > 0) x = stem(x, lookup, config); // [batch, height / 4, width / 4, convWidth]
  stages.forEach((stage, stageIndex) => {
    for (let index = 0; index < stage.blocks; index++) {
      const name = `image.stages.${stageIndex}.${index}`;
      const stride = index === 0 ? stage.stride : 1;
      x = bottleneck(x, under(weights, name), stride, index === 0, config, noise?.[name]); // [batch, side, side, channels]
    }
  });
  const patches = joinPatches(x, window); // [batch, tokens, window² · channels]
  return tf.add(linear(patches, lookup, "projection"), lookup("positions")); // [batch, tokens, width]
}

function stem(images: tf.Tensor, weights: Lookup, config: SimVLMConfig): tf.Tensor {
  const x = convolve(images, weights("stem.kernel"), 2); // [batch, height / 2, width / 2, convWidth]
  const normal = tf.relu(groupNorm(x, weights, "stem.norm", config.convGroups)); // [batch, height / 2, width / 2, convWidth]
  return tf.maxPool(normal as tf.Tensor4D, 3, 2, "same"); // [batch, height / 4, width / 4, convWidth]
}

function bottleneck(
  input: tf.Tensor,
  weights: Lookup,
  stride: ConvStage["stride"],
  isFirst: boolean,
  config: SimVLMConfig,
  noise: tf.Tensor | undefined,
): tf.Tensor {
  const normalise = (x: tf.Tensor, name: string) => groupNorm(x, weights, `${name}.norm`, config.convGroups);
  let x = tf.relu(normalise(project(input, weights("reduce.kernel")), "reduce")); // [batch, side, side, middle]
  x = convolve(x, weights("spatial.kernel"), stride); // [batch, side / stride, side / stride, middle]
  x = tf.relu(normalise(x, "spatial")); // [batch, side / stride, side / stride, middle]
  x = normalise(project(x, weights("expand.kernel")), "expand"); // [batch, side / stride, side / stride, output]
  let shortcut = input; // [batch, side, side, input]
  if (isFirst) shortcut = normalise(project(subsample(input, stride), weights("shortcut.kernel")), "shortcut"); // [batch, side / stride, side / stride, output]
  return tf.relu(tf.add(shortcut, perturb(x, noise))); // [batch, side / stride, side / stride, output]
}

/** @param kernel `[out, in, height, width]`: a native convolution reads it as it lies, the transposition then vanishes */
function convolve(x: tf.Tensor, kernel: tf.Tensor, stride: 1 | 2): tf.Tensor {
  const filter = tf.transpose(kernel, [2, 3, 1, 0]); // [height, width, in, out]
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, "same"); // [batch, side / stride, side / stride, out]
}

/** Every second pixel of every second line: what a 1×1 convolution of stride 2 looks at. */
function subsample(x: tf.Tensor, stride: ConvStage["stride"]): tf.Tensor {
  if (stride === 1) return x;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pairs = tf.reshape(x, [batch, height / 2, 2, width / 2, 2 * channels]); // [batch, height / 2, 2, width / 2, 2 · channels]
  const first = tf.slice(pairs, [0, 0, 0, 0, 0], [batch, height / 2, 1, width / 2, channels]); // [batch, height / 2, 1, width / 2, channels]
  return tf.reshape(first, [batch, height / 2, width / 2, channels]); // [batch, height / 2, width / 2, channels]
}
