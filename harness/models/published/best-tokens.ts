import type { BestTokens } from "../../decoding/decoder.js";
import { largest, logSumExp } from "../../decoding/next-token.js";

/** The first `count` of each row's. */
export function narrowBest<Numbers extends Int32Array | Float32Array>(
  all: Numbers,
  rows: number,
  best: number,
  count: number,
): Numbers {
  if (count === best) return all;
  const kept = all.slice(0, rows * count) as Numbers;
  for (let row = 0; row < rows; row++) kept.set(all.subarray(row * best, row * best + count), row * count);
  return kept;
}

/** Sought among all logits, as the graph would have told them. */
export function seekBest(logits: Float32Array, count: number, rows: number, vocabulary: number): BestTokens {
  const ids = new Int32Array(rows * count);
  const chosen = new Float32Array(rows * count).fill(-Infinity);
  const normalisers = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    normalisers[row] = logSumExp(own);
    largest(own, count).forEach((id, rank) => {
      ids[row * count + rank] = id;
      chosen[row * count + rank] = own[id]!;
    });
  }
  return { ids, logits: chosen, normalisers };
}
