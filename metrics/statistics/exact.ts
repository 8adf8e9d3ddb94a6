/**
 * Correctly rounded logarithm, exponential and roots.
 *
 * The reference programs use glibc, whose results are correctly rounded for all but about one argument in a
 * thousand; `Math.log`, `Math.exp` and `**` are not (`**` differs on about 10 % of values). Scores can only be
 * equal to the last bit if these functions are, so they are computed in double-double arithmetic: a number is an
 * unevaluated sum `high + low` with about 106 significant bits (Dekker 1971).
 */
type DoubleDouble = readonly [high: number, low: number];

const LN2: DoubleDouble = [Math.LN2, 2.3190468138462996e-17];
const SPLITTER = 2 ** 27 + 1;
/** exp(x) = exp(x / 2^HALVINGS) ^ (2^HALVINGS): the Taylor series then needs few terms. */
const HALVINGS = 9;
const TAYLOR_TERMS = 9;

/** `a + b` exactly, for any a and b (Knuth). */
function twoSum(a: number, b: number): DoubleDouble {
  const sum = a + b;
  const bPart = sum - a;
  return [sum, a - (sum - bPart) + (b - bPart)];
}

/** `a * b` exactly (Dekker, Veltkamp): JavaScript has no fused multiply-add. */
function twoProduct(a: number, b: number): DoubleDouble {
  const product = a * b;
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return [product, aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow];
}

function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, error] = twoSum(a[0], b[0]);
  return twoSum(high, error + a[1] + b[1]);
}

function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, error] = twoProduct(a[0], b[0]);
  return twoSum(high, error + a[0] * b[1] + a[1] * b[0]);
}

function divideByNumber(a: DoubleDouble, b: number): DoubleDouble {
  const quotient = a[0] / b;
  const [product, error] = twoProduct(quotient, b);
  return twoSum(quotient, (a[0] - product - error + a[1]) / b);
}

/** e^x as a double-double, for |x| < 700. */
function expDoubleDouble(x: DoubleDouble): DoubleDouble {
  const exponent = Math.round(x[0] / LN2[0]);
  const reduced = add(x, multiply([-exponent, 0], LN2));
  const scale = 2 ** -HALVINGS;
  const r: DoubleDouble = [reduced[0] * scale, reduced[1] * scale];
  let term = r;
  let result = r; // e^r - 1, which keeps its low bits where e^r would lose them
  for (let n = 2; n <= TAYLOR_TERMS; n++) {
    term = divideByNumber(multiply(term, r), n);
    result = add(result, term);
  }
  for (let i = 0; i < HALVINGS; i++) {
    result = add([2 * result[0], 2 * result[1]], multiply(result, result)); // (1+e)^2 - 1 = 2e + e^2
  }
  const [high, low] = add([1, 0], result);
  const power = 2 ** exponent;
  return [high * power, low * power];
}

/** Beyond this power of two (or its inverse) e^-ln x, or the split of x in a product, may leave the range of doubles. */
const FAR_EXPONENT = 500;
const FAR = 2 ** FAR_EXPONENT;

/** ln x as a double-double, for a positive x: one Newton step from `Math.log`. */
function logDoubleDouble(x: number): DoubleDouble {
  if (x > FAR) return add(logDoubleDouble(x / FAR), multiply([FAR_EXPONENT, 0], LN2));
  if (x < 1 / FAR) return add(logDoubleDouble(x * FAR), multiply([-FAR_EXPONENT, 0], LN2));
  const estimate = Math.log(x);
  const [high, low] = multiply(expDoubleDouble([-estimate, 0]), [x, 0]);
  const residual = add([high, low], [-1, 0]);
  return add([estimate, 0], [residual[0] - (residual[0] * residual[0]) / 2, residual[1]]);
}

/** Correctly rounded natural logarithm. `ln 0` is -Infinity, of a negative number NaN. */
export function log(x: number): number {
  return x > 0 && x < Infinity ? logDoubleDouble(x)[0] : Math.log(x);
}

/** Correctly rounded exponential; beyond |x| = 700 that of `Math.exp`. */
export function exp(x: number): number {
  if (x === 0) return 1;
  return Math.abs(x) < 700 ? expDoubleDouble([x, 0])[0] : Math.exp(x);
}

/** Correctly rounded `base ** exponent` for a positive base, where the result is a normal number. */
export function pow(base: number, exponent: number): number {
  if (base <= 0 || base === Infinity || exponent === 0) return base ** exponent;
  const product = multiply(logDoubleDouble(base), [exponent, 0]);
  return Math.abs(product[0]) < 700 ? expDoubleDouble(product)[0] : base ** exponent;
}

/** 1/3 as a double is this much less than a third. */
const THIRD_ERROR = 1 / 3 / 2 ** 54;

/**
 * Correctly rounded `x ** (1 / order)` for positive x and order 1 to 4: {@link pow} at a tenth of its cost, for BLEU's
 * per-image geometric means. The exponent is the double nearest 1/order, as in the reference.
 */
export function root(x: number, order: 1 | 2 | 3 | 4): number {
  if (order === 1 || x === 0) return x;
  if (order === 2) return Math.sqrt(x);
  if (order === 3) {
    const estimate = Math.cbrt(x);
    const square = twoProduct(estimate, estimate);
    const cube = multiply(square, [estimate, 0]);
    const correction = (x - cube[0] - cube[1]) / (3 * square[0]);
    return estimate + (correction - estimate * THIRD_ERROR * Math.log(x));
  }
  const estimate = Math.sqrt(Math.sqrt(x));
  const square = twoProduct(estimate, estimate);
  const fourth = multiply(square, square);
  return estimate + (x - fourth[0] - fourth[1]) / (4 * square[0] * estimate);
}
