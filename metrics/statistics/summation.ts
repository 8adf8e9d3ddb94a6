const BLOCK = 128;

/**
 * The sum of `values[start], values[start + stride], …` (count of them) in numpy's order of additions, so that a
 * mean is numpy's to the last bit: a plain loop below 8 values, eight interleaved accumulators up to 128, halves
 * (the first rounded down to a multiple of 8) above. The error grows with log n instead of n.
 */
export function pairwiseSum(values: Float64Array, start = 0, count = values.length, stride = 1): number {
  if (count < 8) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[start + i * stride]!;
    return sum;
  }
  if (count > BLOCK) {
    let half = Math.floor(count / 2);
    half -= half % 8;
    return pairwiseSum(values, start, half, stride) + pairwiseSum(values, start + half * stride, count - half, stride);
  }
  const lanes = new Float64Array(8);
  for (let lane = 0; lane < 8; lane++) lanes[lane] = values[start + lane * stride]!;
  const whole = count - (count % 8);
  for (let i = 8; i < whole; i += 8) {
    for (let lane = 0; lane < 8; lane++) lanes[lane]! += values[start + (i + lane) * stride]!;
  }
  let sum = lanes[0]! + lanes[1]! + (lanes[2]! + lanes[3]!) + (lanes[4]! + lanes[5]! + (lanes[6]! + lanes[7]!));
  for (let i = whole; i < count; i++) sum += values[start + i * stride]!;
  return sum;
}

/** numpy's mean of the values; NaN for none. */
export function pairwiseMean(values: Float64Array): number {
  return pairwiseSum(values) / values.length;
}
