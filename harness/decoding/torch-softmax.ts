/** Numbers that PyTorch adds side by side: the width of its float32 vectors (AVX-512). */
const LANES = 16;

/** What a token's float32 log-probability is made of: its logit − `largest` − `logSum`, each rounded. */
export interface Float32Softmax {
  readonly largest: number;
  readonly logSum: number;
}

/** The log-probability of a token in float32. */
export function float32LogProbability(logit: number, { largest, logSum }: Float32Softmax): number {
  return Math.fround(Math.fround(logit - largest) - logSum);
}

/**
 * The logarithm of the softmax's sum as PyTorch computes it on a CPU, bit for bit: equal texts, which differ only in how
 * their terms were rounded, are ranked by the last bit.
 */
export function float32Softmax(logits: Float32Array): Float32Softmax {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  if (logits.length < LANES) {
    const sum = logits.reduce((total, logit) => Math.fround(total + exp(Math.fround(logit - largest))), 0);
    return { largest, logSum: Math.fround(Math.log(sum)) };
  }
  const sums = new Float32Array(LANES);
  for (let index = 0; index < logits.length; index++) {
    sums[index % LANES]! += exp(Math.fround(logits[index]! - largest));
  }
  for (let half = LANES / 2; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) sums[lane]! += sums[lane + half]!;
  }
  return { largest, logSum: Math.fround(Math.log(sums[0]!)) };
}

const LOG2_E = Math.fround(Math.LOG2E);
/** ln 2 in two parts, negative, so that multiples of the first are exact. */
const [LN2_HIGH, LN2_LOW] = [Math.fround(-0.693145751953125), Math.fround(-1.428606765330187e-6)];
/** Coefficients of the polynomial, from the sixth power to the second; float32 numbers, as all here. */
const POLYNOMIAL = [0.00019852762, 0.0013930436, 0.0083333608, 0.041666485, 0.16666667, 0.5].map(Math.fround);

/** `expf` of the SLEEF library (1 ulp), which PyTorch uses: at most the last bit is not that of the true value. */
function exp(x: number): number {
  if (x < -104) return 0;
  const { fround } = Math;
  const scaled = fround(x * LOG2_E);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const exponent = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  const s = fround(exponent * LN2_LOW + fround(exponent * LN2_HIGH + x));
  const tail = POLYNOMIAL.reduce((sum, coefficient) => fround(sum * s + coefficient), 0);
  return fround(fround(1 + fround(fround(s * s) * tail + s)) * 2 ** exponent);
}
