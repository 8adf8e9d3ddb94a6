import { SimvlmError } from "@simvlm/metrics";

/**
 * A seeded stream of numbers: the only source of randomness in the harness, always passed in, never global.
 */
export interface Random {
  /** Uniform in [0, 1), 53 random bits. */
  next(): number;
  /** Uniform integer in [0, n), without modulo bias; 1 <= n <= 2^32. */
  integer(n: number): number;
  /** Standard normal deviate. */
  normal(): number;
  /**
   * An independent stream that depends only on this stream's seed and the label, not on what has been drawn:
   * `random.fork("epoch 3").fork(17)` is the same on a resumed run, in any order and with any number of workers.
   */
  fork(label: string | number): Random;
}

/** @throws SimvlmError `bad-seed` unless `seed` is a safe integer */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new SimvlmError("bad-seed", `The seed is ${seed}; give an integer between -2^53 and 2^53.`);
  }
  return streamOf(hash(String(seed)));
}

type Words = readonly [number, number, number, number];

function streamOf(seed: Words): Random {
  const bits = xoshiro128(seed);
  const next = (): number => ((bits() >>> 5) * 0x4000000 + (bits() >>> 6)) / 0x20000000000000;
  return {
    next,
    integer: (n) => integerBelow(n, bits),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => streamOf(hash(`${seed.join(",")}/${typeof label}:${label}`)),
  };
}

/**
 * xoshiro128** 1.1 of Blackman and Vigna, https://prng.di.unimi.it/: 32-bit words from a state that is not all zero.
 */
export function xoshiro128(state: Words): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function integerBelow(n: number, bits: () => number): number {
  if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`integer(n): n is ${n}, not in 1..2^32`);
  const limit = 2 ** 32 - (2 ** 32 % n);
  let drawn = bits();
  while (drawn >= limit) drawn = bits();
  return drawn % n;
}

/** Text to a well-mixed xoshiro state: FNV-1a over the UTF-16 units, then four words of splitmix32. */
function hash(text: string): Words {
  let low = 0x811c9dc5;
  let high = 0x2545f491;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b) ^ (high >>> 15);
  }
  return [mix(low), mix(high), mix(low + high), mix((low ^ rotateLeft(high, 16)) | 0) || 1];
}

function mix(word: number): number {
  let z = (word + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
