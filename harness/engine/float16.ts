/**
 * The two 16-bit floats of safetensors, as their bits. Rounding is to the nearest, ties to even; what is too large
 * becomes infinite, a NaN stays one.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
export function toFloat16(value: number): number {
  float[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  if (magnitude >= 0x4780_0000) return sign | 0x7c00;
  // Below 2^-14 the exponent stays and fractions of 2^-24 are counted.
  if (magnitude < 0x3880_0000) return sign | roundToEven(Math.abs(float[0]!) * 2 ** 24);
  const halved = magnitude - 0x3800_0000;
  return sign | ((halved + 0xfff + ((halved >>> 13) & 1)) >>> 13);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Every binary16 as a number, by its bits: a table lookup is faster than arithmetic, and a checkpoint has billions. */
let float16Values: Float32Array | undefined;

/** The number that 16 bits of a half-precision float stand for. */
export function fromFloat16(half: number): number {
  float16Values ??= Float32Array.from({ length: 0x1_0000 }, (_, word) => decodeFloat16(word));
  return float16Values[half]!;
}

function decodeFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a 32-bit float. */
export function toBfloat16(value: number): number {
  float[0] = value;
  const word = bits[0]!;
  if ((word & 0x7fff_ffff) > 0x7f80_0000) return (word >>> 16) | 0x40;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The number that 16 bits of a bfloat16 stand for. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0]!;
}
