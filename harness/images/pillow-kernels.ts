/** The resampling filters of Pillow that published models name in their preprocessor_config.json. */
export type PillowKernel = "nearest" | "lanczos" | "bilinear" | "bicubic" | "box" | "hamming";

/** For each pixel of a side of the result, which pixels of the source it is made of, and with what weights. */
export interface Coefficients {
  /** The first pixel of the source. */
  readonly starts: Int32Array;
  /** How many pixels of the source. */
  readonly counts: Int32Array;
  /** `[pixels, stride]`, as multiples of 2^-{@link PRECISION_BITS}. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Bits behind the point of a weight: 32, less 8 for the pixel and 2 for what sharpening filters add. */
export const PRECISION_BITS = 22;

interface Filter {
  /** Beyond this distance the weight is 0. */
  readonly support: number;
  weigh(distance: number): number;
}

/** The bicubic filter's free number, here that of Catmull and Rom. */
const A = -0.5;

const FILTERS: Readonly<Record<Exclude<PillowKernel, "nearest">, Filter>> = {
  box: { support: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weigh: (signed) => {
      const x = Math.abs(signed);
      if (x === 0) return 1;
      if (x >= 1) return 0;
      const angle = x * Math.PI;
      return (Math.sin(angle) / angle) * (0.54 + 0.46 * Math.cos(angle));
    },
  },
  bicubic: {
    support: 2,
    weigh: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    },
  },
  lanczos: { support: 3, weigh: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

/**
 * The weights of one pass along a side, as Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` (Resample.c) make
 * them: the filter is widened where the side shrinks, weights are scaled to a sum of 1 and then rounded.
 * @param from pixels of the source's side
 * @param to pixels of the result's whole side, of which `count` from `first` are wanted
 */
export function computeCoefficients(
  kernel: Exclude<PillowKernel, "nearest">,
  from: number,
  to: number,
  first: number,
  count: number,
): Coefficients {
  const { support: narrow, weigh } = FILTERS[kernel];
  const scale = from / to;
  const widened = Math.max(1, scale);
  const support = narrow * widened;
  const inverse = 1 / widened;
  const stride = Math.min(from, 2 * Math.ceil(support) + 1);
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  for (let pixel = 0; pixel < count; pixel++) {
    const center = (first + pixel + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(from, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      exact[tap] = weigh((tap + start - center + 0.5) * inverse);
      sum += exact[tap]!;
    }
    for (let tap = 0; tap < taps; tap++) {
      const weight = (sum === 0 ? exact[tap]! : exact[tap]! / sum) * 2 ** PRECISION_BITS;
      weights[pixel * stride + tap] = Math.trunc(weight + (weight < 0 ? -0.5 : 0.5));
    }
    starts[pixel] = start;
    counts[pixel] = taps;
  }
  return { starts, counts, weights, stride };
}
