import type { Random } from "../random.js";
import type { NoiseRates } from "./trainable.js";

/**
 * What a residual branch is multiplied by in one training step: 0 where a number (dropout) or the whole branch of an
 * example (stochastic depth) is left out; what is kept is scaled up to the same mean.
 * @param size how many factors, those of one example after those of another
 * @param perExample how many of them are of one example
 */
export function sampleFactors(size: number, perExample: number, rates: NoiseRates, random: Random): Float32Array {
  const data = new Float32Array(size);
  const kept = 1 / ((1 - rates.dropout) * (1 - rates.stochasticDepth));
  for (let start = 0; start < size; start += perExample) {
    if (random.next() < rates.stochasticDepth) continue;
    for (let i = start; i < start + perExample; i++) data[i] = random.next() < rates.dropout ? 0 : kept;
  }
  return data;
}
