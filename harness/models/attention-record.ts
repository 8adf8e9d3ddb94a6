import { type AttentionRecord, listKeys } from "./attention-maps.js";

/** Which part of a graph's maps is meant. */
export interface RecordShape {
  /** Tokens of the text, the start token not counted. */
  readonly tokens: number;
  /** Patches a side of the square that the model sees. */
  readonly grid: number;
  /** Tokens of the prompt. */
  readonly prompt: number;
  /** Places that a graph has for the prompt; what lies behind its tokens is padding. */
  readonly promptPlaces: number;
}

/**
 * Where each token looked, of the maps as a graph gives them: layer by layer `[1, heads, suffix, keys]`, keys being
 * patches, places of the prompt, and, in one sequence with the picture, places of the text.
 */
export function readRecord(
  results: readonly { readonly shape: readonly number[]; readonly data: unknown }[],
  { tokens, grid, prompt, promptPlaces }: RecordShape,
): AttentionRecord {
  const [, heads, rows, columns] = results[0]!.shape as [number, number, number, number];
  const patches = grid ** 2;
  const hasText = columns > patches + promptPlaces;
  // What lies behind the start token and the words before the last is padding, or seen by nobody.
  const text = hasText ? Math.max(1, tokens) : 0;
  const keys = listKeys(grid, prompt, text);
  const data = new Float32Array(results.length * heads * tokens * keys.length);
  let at = 0;
  for (const result of results) {
    const maps = result.data as Float32Array;
    for (let head = 0; head < heads; head++) {
      for (let token = 0; token < tokens; token++) {
        const begin = (head * rows + token) * columns;
        data.set(maps.subarray(begin, begin + patches + prompt), at);
        const own = begin + patches + promptPlaces;
        data.set(maps.subarray(own, own + text), at + patches + prompt);
        at += keys.length;
      }
    }
  }
  return { layers: results.length, heads, tokens, grid, keys, data };
}
