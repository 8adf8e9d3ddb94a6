import type { Looks } from "../../attention/looks.js";
import { averageAttention, poolWords } from "../../attention/word-attention.js";
import type { AttentionRecord } from "../../models/attention-maps.js";
import type { WordSpan } from "../../text/word-spans.js";
import type { PackedLooks, PackedMaps } from "./explorer-data.js";

/** Where the model looked for each word, in each layer and head. */
export interface WordMaps {
  readonly layers: number;
  readonly heads: number;
  /** `[layers, heads, words, patches]` */
  readonly maps: Float32Array;
  /** How many patches one map has. */
  readonly patches: number;
  /**
   * How much of each map's sum falls on the picture, on the prompt, on the text before, and on a class token: `[layers,
   * heads, words]`.
   */
  readonly image: Float32Array;
  readonly prompt: Float32Array;
  readonly suffix: Float32Array;
  readonly classToken: Float32Array;
}

/** Records are kept by head if their maps are at most so many bytes; a 12-layer model's attention alone is kept beyond. */
const MOST_HEAD_BYTES = 64 * 1024;

/**
 * The maps of the words in every layer and head: each is the mean over the word's tokens, which are found by their
 * positions.
 */
export function poolRecord(record: AttentionRecord, words: readonly WordSpan[]): WordMaps {
  const { layers, heads } = record;
  const patches = record.grid ** 2;
  const places = layers * heads * words.length;
  const maps = new Float32Array(places * patches);
  const shares = {
    image: new Float32Array(places),
    prompt: new Float32Array(places),
    suffix: new Float32Array(places),
    classToken: new Float32Array(places),
  };
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      const pooled = poolWords(averageAttention(record, { layer, head }), record, words);
      pooled.forEach(({ map, image, prompt, suffix, classToken = 0 }, word) => {
        const place = (layer * heads + head) * words.length + word;
        maps.set(map, place * patches);
        shares.image[place] = image;
        shares.prompt[place] = prompt;
        shares.suffix[place] = suffix;
        shares.classToken[place] = classToken;
      });
    }
  }
  return { layers, heads, maps, patches, ...shares };
}

/** One head that stands for all: the mean of their maps, or the greatest value at each patch. Shares are means. */
export function joinHeads(words: WordMaps, how: "mean" | "max"): WordMaps {
  const mean = (values: Float32Array, each: number) =>
    joinAxis(words, values, each, (sum, value) => sum + value / words.heads);
  return {
    ...words,
    heads: 1,
    maps: how === "mean" ? mean(words.maps, words.patches) : joinAxis(words, words.maps, words.patches, Math.max),
    image: mean(words.image, 1),
    prompt: mean(words.prompt, 1),
    suffix: mean(words.suffix, 1),
    classToken: mean(words.classToken, 1),
  };
}

function joinAxis(
  { layers, heads, maps, patches }: WordMaps,
  values: Float32Array,
  each: number,
  join: (joined: number, value: number) => number,
): Float32Array {
  const size = (maps.length / (layers * heads * patches)) * each;
  const joined = new Float32Array(layers * size);
  values.forEach((value, index) => {
    const place = Math.floor(index / (heads * size)) * size + (index % size);
    joined[place] = join(joined[place]!, value);
  });
  return joined;
}

/**
 * Packs everything that an explorer shows of one model.
 * @param options `isControl`: where there are many heads, the maps of single heads are left out, since nobody looks for
 *   one head of random weights
 */
export function packLooks(
  { attention, gradient, rollout }: Looks,
  words: readonly WordSpan[],
  { isControl }: { readonly isControl: boolean },
): PackedLooks {
  const maps = poolRecord(attention, words);
  const isSmall = maps.maps.length <= MOST_HEAD_BYTES;
  const pooled = gradient && poolRecord(gradient, words);
  return {
    ...(isSmall || !isControl
      ? { attention: packMaps(maps) }
      : { mean: packMaps(joinHeads(maps, "mean")), max: packMaps(joinHeads(maps, "max")) }),
    ...(pooled && { gradient: packMaps(isSmall ? pooled : joinHeads(pooled, "mean")) }),
    ...(rollout && { rollout: packMaps(poolRecord(rollout, words)) }),
  };
}

/** Packs maps in 8 bits a value; what is read back differs by at most half of a 255th of the map's range. */
export function packMaps(words: WordMaps): PackedMaps {
  const { layers, heads, maps, patches, image, prompt, suffix, classToken } = words;
  const count = maps.length / patches;
  const least = new Float32Array(count);
  const most = new Float32Array(count);
  const bytes = new Uint8Array(maps.length);
  for (let place = 0; place < count; place++) {
    const map = maps.subarray(place * patches, (place + 1) * patches);
    least[place] = map.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    most[place] = map.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const range = most[place]! - least[place]! || 1;
    bytes.set(
      map.map((value) => Math.round((255 * (value - least[place]!)) / range)),
      place * patches,
    );
  }
  return {
    layers,
    heads,
    maps: toBase64(bytes),
    least: toBase64(least),
    most: toBase64(most),
    image: toBase64(image),
    prompt: toBase64(prompt),
    ...(suffix.some((share) => share > 0) && { suffix: toBase64(suffix) }),
    ...(classToken.some((share) => share > 0) && { classToken: toBase64(classToken) }),
  };
}

/** Arguments of a call at most. */
const AT_A_TIME = 8192;

function toBase64({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += AT_A_TIME) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + AT_A_TIME)));
  }
  return btoa(pieces.join(""));
}
