import type { WordAttention } from "./word-attention.js";

/**
 * What the words before a word do not explain of its activation, after the token activation maps of Li et al. (TAM, ICCV
 * 2025). Earlier words with the same text are left out. The maps of the others, each weighted by its cosine with the
 * word's own, are summed, and as much of the sum is taken away as fits the word's map best (least squares); what falls
 * below 0 counts as 0. Unlike TAM this weighs by maps, for want of text states that a decoder with cross-attention shares
 * with the picture, and smooths nothing.
 * @param words with their activations, see `activateTokens`
 */
export function explainAway(words: readonly WordAttention[]): WordAttention[] {
  return words.map((word, place) => {
    const explained = new Float64Array(word.map.length);
    for (const { text, map } of words.slice(0, place)) {
      if (text.toLowerCase() === word.text.toLowerCase()) continue;
      const weight = cosine(word.map, map);
      for (const [patch, value] of map.entries()) explained[patch]! += weight * value;
    }
    const size = dot(explained, explained);
    const scale = size === 0 ? 0 : dot(word.map, explained) / size;
    const map = word.map.map((value, patch) => Math.max(0, value - scale * explained[patch]!));
    return { ...word, map, image: map.reduce((sum, value) => sum + value, 0) };
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  return size === 0 ? 0 : dot(a, b) / size;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
