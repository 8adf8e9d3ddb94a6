import * as tf from "@tensorflow/tfjs-core";

/** A small seeded generator (mulberry32), uniform over [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What an argument of a test is filled with. */
export interface Filling {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly low: number;
  readonly high: number;
  /** Given numbers in place of random ones. */
  readonly numbers?: readonly number[];
}

/** Floats, of both signs unless said otherwise. */
export function float(shape: readonly number[], low = -2, high = 2): Filling {
  return { shape, dtype: "float32", low, high };
}

/** Whole numbers from `low` to `high`. */
export function integer(shape: readonly number[], low = -9, high = 9): Filling {
  return { shape, dtype: "int32", low, high };
}

export function boolean(shape: readonly number[]): Filling {
  return { shape, dtype: "bool", low: 0, high: 1 };
}

export function given(
  numbers: readonly number[],
  dtype: Filling["dtype"] = "float32",
  shape = [numbers.length],
): Filling {
  return { shape, dtype, low: 0, high: 0, numbers };
}

export function fill(filling: Filling, random: () => number): tf.Tensor {
  const { shape, dtype, low, high } = filling;
  const size = shape.reduce((product, length) => product * length, 1);
  const draw = (): number =>
    dtype === "float32" ? low + random() * (high - low) : Math.floor(low + random() * (high - low + 1));
  return tf.tensor([...(filling.numbers ?? Array.from({ length: size }, draw))], [...shape], dtype);
}
