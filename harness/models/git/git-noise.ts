import { sizeOf } from "../../engine/trace/graph.js";
import type { HostTensor } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import { sampleFactors } from "../noise-factors.js";
import type { CaptionNetwork } from "../published/caption-network.js";
import type { NoiseRates, NoiseSizes } from "../trainable.js";

/** What the factors of the words' embeddings are called; those of the layers' branches have the branches' names. */
export const WORDS_NOISE = "text.embeddings";

/**
 * Draws the noise of one training step where the original and the library drop out with `hidden_dropout_prob`: of the words'
 * embeddings and of both branches of every layer of text, whose sequence begins with the picture. Attention's
 * probabilities are left whole.
 */
export function sampleGitNoise(
  { grid, width, layers, places }: CaptionNetwork,
  { examples, prompt, text }: NoiseSizes,
  rates: NoiseRates,
  random: Random,
): Record<string, HostTensor> {
  const length = Math.min(1 + prompt + text, places);
  const draw = (name: string, tokens: number, own: NoiseRates): readonly [string, HostTensor] => {
    const shape = [examples, tokens, width];
    return [name, { shape, data: sampleFactors(sizeOf(shape), tokens * width, own, random.fork(name)) }];
  };
  const branches = layers.flatMap((layer) => [`${layer}.attention`, `${layer}.mlp`]);
  return Object.fromEntries([
    draw(WORDS_NOISE, length, { ...rates, stochasticDepth: 0 }),
    ...branches.map((name) => draw(name, 1 + grid ** 2 + length, rates)),
  ]);
}
