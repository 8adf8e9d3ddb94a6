import { mul, type Tensor } from "@tensorflow/tfjs-core";
import type { WeightArray } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import { gridSide, type SimVLMConfig } from "./config.js";
import { convStages, sizeOf } from "./parameters.js";

/** One factor a residual branch, by the branch's name (`encoder.3.mlp`, `image.stages.2.5`), broadcast to its output. */
export type Noise = Readonly<Record<string, Tensor>>;

/** How often a number (dropout) or a whole branch of one example (stochastic depth) is left out. */
export interface NoiseRates {
  readonly dropout: number;
  readonly stochasticDepth: number;
}

/** The sizes a batch has: the prefix counts image and text tokens, the suffix matters to `decoder-only` alone. */
export interface NoiseSizes {
  readonly batch: number;
  readonly images: number;
  readonly prefixText: number;
  readonly suffix: number;
}

/** A branch's output under its mask, or as it is. */
export function perturb(branch: Tensor, mask: Tensor | undefined): Tensor {
  return mask ? mul(branch, mask) : branch; // [batch, ..., width]
}

/**
 * Draws the masks of one training step: in the encoder (or the single stack) dropout and stochastic depth, in the conv
 * stage stochastic depth, in the decoder nothing, as the paper fine-tunes. What is kept is scaled up to the same mean.
 */
export function sampleNoise(
  config: SimVLMConfig,
  sizes: NoiseSizes,
  rates: NoiseRates,
  random: Random,
): Record<string, WeightArray> {
  const noise: Record<string, WeightArray> = {};
  const stack = config.layout === "decoder-only" ? "decoder" : "encoder";
  const imageTokens = sizes.images > 0 ? gridSide(config) ** 2 : 0;
  const tokens = imageTokens + sizes.prefixText + (stack === "decoder" ? sizes.suffix : 0);
  const draw = (name: string, shape: readonly number[], perExample: number, dropout: number) => {
    noise[name] = { shape, data: mask(sizeOf(shape), perExample, { ...rates, dropout }, random.fork(name)) };
  };
  convStages(config).stages.forEach((stage, stageIndex) => {
    for (let index = 0; index < stage.blocks && sizes.images > 0; index++) {
      draw(`image.stages.${stageIndex}.${index}`, [sizes.images, 1, 1, 1], 1, 0);
    }
  });
  for (let layer = 0; layer < Math.max(config.encoderLayers, stack === "decoder" ? config.decoderLayers : 0); layer++) {
    for (const branch of ["attention", "mlp"]) {
      const perExample = rates.dropout > 0 ? tokens * config.width : 1;
      const shape = rates.dropout > 0 ? [sizes.batch, tokens, config.width] : [sizes.batch, 1, 1];
      draw(`${stack}.${layer}.${branch}`, shape, perExample, rates.dropout);
    }
  }
  return noise;
}

function mask(size: number, perExample: number, rates: NoiseRates, random: Random): Float32Array {
  const data = new Float32Array(size);
  const kept = 1 / ((1 - rates.dropout) * (1 - rates.stochasticDepth));
  for (let start = 0; start < size; start += perExample) {
    if (random.next() < rates.stochasticDepth) continue;
    for (let i = start; i < start + perExample; i++) data[i] = random.next() < rates.dropout ? 0 : kept;
  }
  return data;
}
