/** A source of uniform numbers in [0, 1). */
export type RandomSource = () => number;

type State = readonly [number, number, number, number];

/**
 * A seeded generator (xoshiro128**, Blackman and Vigna 2018; state filled by splitmix32): the same numbers on every
 * machine.
 *
 * @param seed any integer; its low 32 bits count
 */
export function createRandomSource(seed: number): RandomSource {
  const next = xoshiro128(seedState(seed));
  return () => next() / 2 ** 32;
}

function seedState(seed: number): State {
  let mixer = seed | 0;
  const splitmix = () => {
    mixer = (mixer + 0x9e3779b9) | 0;
    let z = Math.imul(mixer ^ (mixer >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  return [splitmix(), splitmix(), splitmix(), splitmix()];
}

/** The next 32 bits of xoshiro128** 1.1 from a state that is not all zero. */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
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

/** {@link createRandomSource} for many numbers at a time: the steps are repeated here in local variables, for speed. */
export class RandomBlocks {
  #state: State;

  constructor(seed: number) {
    this.#state = seedState(seed);
  }

  /** Whole numbers from 0 to count - 1, each as likely: `floor(random() * count)` of the next numbers. */
  fillWhole(numbers: Int32Array, count: number): void {
    // a power of two scales without rounding, so this is the product of random() and count
    const scale = count / 2 ** 32;
    let [a, b, c, d] = this.#state;
    for (let i = 0; i < numbers.length; i++) {
      numbers[i] = (Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0) * scale;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotateLeft(d, 11);
    }
    this.#state = [a, b, c, d];
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
