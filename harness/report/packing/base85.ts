/*
 * Bytes as text: five characters for four bytes, where base64 takes eight for six. The alphabet is that of Python's
 * `base64.b85encode`, with a comma in the place of `<`, so that no element of a page can end or begin in it. Nothing here
 * needs Node.js.
 */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
const BASE = ALPHABET.length;
const DIGITS = 5;
const BYTES = 4;
const NO_DIGIT = 255;
const UNITS = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const VALUES = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, unit] of UNITS.entries()) VALUES[unit] = value;

/** Bytes in base 85; of the last group, only as many characters as its bytes need. */
export function encodeBase85(bytes: Uint8Array): string {
  const groups = Math.ceil(bytes.length / BYTES);
  const units = new Uint8Array(groups * DIGITS);
  for (let group = 0; group < groups; group++) {
    let value = 0;
    for (let i = 0; i < BYTES; i++) value = value * 256 + (bytes[group * BYTES + i] ?? 0);
    for (let i = DIGITS - 1; i >= 0; i--) {
      units[group * DIGITS + i] = UNITS[value % BASE]!;
      value = Math.floor(value / BASE);
    }
  }
  return new TextDecoder().decode(units.subarray(0, units.length - (groups * BYTES - bytes.length)));
}

/**
 * The bytes that {@link encodeBase85} was given.
 * @throws Error for what it does not write
 */
export function decodeBase85(text: string): Uint8Array<ArrayBuffer> {
  const groups = Math.ceil(text.length / DIGITS);
  const padding = groups * DIGITS - text.length;
  if (padding === DIGITS - 1) throw new Error("they are cut off");
  const bytes = new Uint8Array(groups * BYTES);
  for (let group = 0; group < groups; group++) {
    let value = 0;
    for (let i = group * DIGITS; i < (group + 1) * DIGITS; i++) {
      const digit = i < text.length ? (VALUES[text.charCodeAt(i)] ?? NO_DIGIT) : BASE - 1;
      if (digit === NO_DIGIT) throw new Error("they are not base 85");
      value = value * BASE + digit;
    }
    if (value >= 2 ** 32) throw new Error("they are not base 85");
    for (let i = BYTES - 1; i >= 0; i--) {
      bytes[group * BYTES + i] = value % 256;
      value = Math.floor(value / 256);
    }
  }
  return bytes.subarray(0, bytes.length - padding);
}
