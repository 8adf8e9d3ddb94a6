import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../../layers/weights.js";
import { differentiate, prefixLoss, smoothedLoss } from "../losses.js";
import { type CaptionNetwork, NO_HOOKS } from "../published/caption-network.js";
import type { SpecialIds } from "../published/open-published.js";
import type { AnsweredExample, Objective } from "../trainable.js";
import { WORDS } from "./git-network.js";

/** Pictures with their texts; every key is a tensor for the graph. */
type GitBatch<T> = {
  /** `[batch, side, side, 3]` */
  readonly images: T;
  /** `[batch, length]` int32: the start, the prompt, the text. */
  readonly tokens: T;
  /** `[batch, length]` int32: the token after each place. */
  readonly targets: T;
  /** `[batch, length]`: 1 where the token after it is of the text, or its end. */
  readonly targetWeights: T;
};

/**
 * The language model that GIT was published with (Wang et al. 2022): a text token predicts the next one, and the loss is
 * the mean over the text and its end; a prompt is read and not learnt. Padding stands behind the text, where nobody sees it.
 * @param smoothing see {@link smoothedLoss}; 0 is the library's loss, 0.1 the original's
 */
export function gitObjective(
  { imageSize, places: most, vocabularySize, tied = {}, forward, logits }: CaptionNetwork,
  { startId, endId, padId }: SpecialIds,
  smoothing = 0,
): Objective<AnsweredExample> {
  return {
    toBatch(examples, places) {
      const size = imageSize ** 2 * 3;
      const length = Math.min(1 + places.prompt + places.text, most);
      const shape = [examples.length, length];
      const images = new Float32Array(examples.length * size);
      const tokens = new Int32Array(examples.length * length).fill(padId);
      const targets = new Int32Array(examples.length * length).fill(padId);
      const targetWeights = new Float32Array(examples.length * length);
      examples.forEach(({ image, prompt, text }, row) => {
        const said = [startId, ...prompt, ...text, endId];
        if (image) images.set(image, row * size);
        tokens.set(said.slice(0, -1).slice(0, length), row * length);
        targets.set(said.slice(1, length + 1), row * length);
        targetWeights.fill(1, row * length + prompt.length, row * length + Math.min(said.length - 1, length));
      });
      const batch: GitBatch<HostTensor> = {
        images: { shape: [examples.length, imageSize, imageSize, 3], data: images },
        tokens: { shape, data: tokens },
        targets: { shape, data: targets },
        targetWeights: { shape, data: targetWeights },
      };
      return { batch, weight: targetWeights.reduce((sum, one) => sum + one, 0) };
    },
    lossAndGradients(weights, { images, tokens, targets, targetWeights }: GitBatch<tf.Tensor>, noise) {
      const still = tf.clone(weights[WORDS]!); // [vocabulary, width]
      const isLearnt = tf.sub(1, tf.reshape(tf.oneHot(tf.scalar(padId, "int32"), vocabularySize), [-1, 1])); // [vocabulary, 1]
      return differentiate(
        weights,
        () => true,
        (trained) => {
          const own = Object.entries(tied).map(([name, source]) => [name, trained[source]!] as const);
          // What is looked up for padding learns nothing, as in PyTorch; where the output layer has the same weight, that does.
          const words = tf.add(still, tf.mul(tf.sub(trained[WORDS]!, still), isLearnt)); // [vocabulary, width]
          const all = { ...trained, ...Object.fromEntries(own), [WORDS]: words };
          const states = forward(all, { images, tokens }, { ...NO_HOOKS, noise }); // [batch, length, width]
          const said = logits(all, states); // [batch, length, vocabulary]
          if (smoothing > 0) return smoothedLoss(said, targets, targetWeights, smoothing); // []
          return prefixLoss(said, targets, targetWeights); // []
        },
      );
    },
  };
}
