import { type AttentionRecord, countKeys, type SelfAttention } from "../models/attention-maps.js";
import { averageAttention } from "./word-attention.js";

/**
 * Gradient × attention: how much the logit of each token would change with what it looked at. A probability times the
 * derivative of the token's logit with respect to it; what would lower the logit counts as 0. The values of a token do
 * not add up to 1. (Chefer, Gur and Wolf, ICCV 2021, whose maps are means of these over heads.)
 * @param gradients `[layers, heads, tokens, keys]`, of the same text
 */
export function multiplyByGradient(record: AttentionRecord, gradients: Float32Array): AttentionRecord {
  return { ...record, data: record.data.map((share, index) => Math.max(0, share * gradients[index]!)) };
}

/**
 * How strongly each place of the picture stands for each token, whether it was looked at or not: what the token's logit
 * would gain, to first order, from more attention to the place, summed over layers and heads, beyond what an average
 * place of the picture would give it; less than that counts as 0. In the last layer that is a logit lens on the values
 * that places offer. The values of a token do not add up to 1, and nothing falls on keys without a place in the picture.
 * @param gradients `[layers, heads, tokens, keys]`, of the same text
 * @returns a record of one layer and one head
 */
export function activateTokens(record: AttentionRecord, gradients: Float32Array): AttentionRecord {
  const { keys, tokens } = record;
  const size = tokens * keys.length;
  const data = new Float32Array(size);
  const patches = [...keys.keys()].filter((key) => keys[key]!.kind === "patch");
  for (let begin = 0; begin < size; begin += keys.length) {
    const sums = patches.map((key) => {
      let sum = 0;
      for (let place = begin + key; place < gradients.length; place += size) sum += gradients[place]!;
      return sum;
    });
    const mean = sums.reduce((total, sum) => total + sum, 0) / sums.length;
    for (const [index, key] of patches.entries()) data[begin + key] = Math.max(0, sums[index]! - mean);
  }
  return { ...record, layers: 1, heads: 1, data };
}

/**
 * Attention rollout (Abnar and Zuidema, ACL 2020): what each place of the last layer is made of, when a layer's output
 * is taken for half its attention and half what was there. The product of ½·attention + ½·identity over the layers.
 * @returns `[length, length]`; rows add up to 1
 */
export function rollOut({ length, layers }: SelfAttention): Float64Array {
  let rolled = new Float64Array(length * length);
  for (let place = 0; place < length; place++) rolled[place * length + place] = 1;
  for (const layer of layers) {
    const mixed = Float64Array.from(layer, (share) => share / 2);
    for (let place = 0; place < length; place++) mixed[place * length + place]! += 1 / 2;
    rolled = multiply(mixed, rolled, length);
  }
  return rolled;
}

/** `left` `[rows, inner]` times `right` `[inner, inner]`. */
function multiply(left: ArrayLike<number>, right: Float64Array, inner: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(left.length);
  for (let row = 0; row < left.length; row += inner) {
    for (let middle = 0; middle < inner; middle++) {
      const factor = left[row + middle]!;
      if (factor === 0) continue;
      for (let column = 0; column < inner; column++) product[row + column]! += factor * right[middle * inner + column]!;
    }
  }
  return product;
}

/**
 * Rollout for each token: the decoder's cross attention, mean of layers and heads, traced back through the encoder. Where
 * picture and text are one sequence it is the token's own row of the single stack's rollout.
 * @returns a record of one layer and one head; the values of a token add up to 1
 */
export function rollOutTokens(record: AttentionRecord, attention: SelfAttention): AttentionRecord {
  const rolled = rollOut(attention);
  const { length } = attention;
  const { tokens, keys } = record;
  const textKeys = countKeys(record, "text");
  if (textKeys === 0) {
    return {
      ...record,
      layers: 1,
      heads: 1,
      data: Float32Array.from(multiply(averageAttention(record), rolled, length)),
    };
  }
  // Tokens are chosen at the last places of what there is to look at; what lies behind those is padding.
  const first = keys.length - textKeys;
  const data = new Float32Array(tokens * keys.length);
  for (let token = 0; token < tokens; token++) {
    const begin = (first + token) * length;
    data.set(rolled.subarray(begin, begin + keys.length), token * keys.length);
  }
  return { ...record, layers: 1, heads: 1, data };
}
