import type { Tensor } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../engine/trace/graph.js";
import type { WeightArray } from "../../layers/weights.js";
import type { Random } from "../../random.js";
import { sampleFactors } from "../noise-factors.js";
import type { NoiseRates } from "../trainable.js";
import { declareWeights, type NoisyBranch } from "./parameters.js";
import { gridSide, type SimVLMConfig } from "./simvlm-config.js";

/** One factor for each residual branch, by the branch's name (`encoder.3.mlp`, `image.stages.2.5`), broadcast to its output. */
export type Noise = Readonly<Record<string, Tensor>>;

/** The sizes a batch has: the prefix counts image and text tokens, the suffix matters to `decoder-only` alone. */
interface BranchSizes {
  readonly batch: number;
  readonly images: number;
  readonly prefixText: number;
  readonly suffix: number;
}

/**
 * Draws the factors of one training step: in the encoder (or the single stack) dropout and stochastic depth, in the conv
 * stage stochastic depth, in the decoder nothing, as the paper fine-tunes. What is kept is scaled up to the same mean.
 */
export function sampleNoise(
  config: SimVLMConfig,
  { batch, images, prefixText, suffix }: BranchSizes,
  rates: NoiseRates,
  random: Random,
): Record<string, WeightArray> {
  const imageTokens = images > 0 ? gridSide(config) ** 2 : 0;
  const tokens = imageTokens + prefixText + (config.layout === "decoder-only" ? suffix : 0);
  const draw = ({ name, of }: NoisyBranch): [string, WeightArray] => {
    const dropout = of === "images" ? 0 : rates.dropout;
    const ofExample = of === "images" ? [1, 1, 1] : dropout > 0 ? [tokens, config.width] : [1, 1];
    const shape = [of === "images" ? images : batch, ...ofExample];
    const data = sampleFactors(sizeOf(shape), sizeOf(ofExample), { ...rates, dropout }, random.fork(name));
    return [name, { shape, data }];
  };
  const branches = noisyBranches(config).filter(({ of }) => of === "sequence" || images > 0);
  return Object.fromEntries(branches.map(draw));
}

/** The branches that the weights declare, each once. */
function noisyBranches(config: SimVLMConfig): NoisyBranch[] {
  const branches = Object.values(declareWeights(config)).flatMap(({ branch }) => (branch ? [branch] : []));
  return [...new Map(branches.map((branch) => [branch.name, branch])).values()];
}
