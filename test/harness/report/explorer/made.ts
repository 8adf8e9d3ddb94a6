import type { Exploration } from "../../../../harness/attention/explore.js";
import type { Looks } from "../../../../harness/attention/looks.js";
import { type AttentionKey, type AttentionRecord, listKeys } from "../../../../harness/models/attention-maps.js";
import { createRandom, type Random } from "../../../../harness/random.js";

export interface MadeSize {
  readonly layers: number;
  readonly heads: number;
  readonly grid: number;
  readonly words: readonly string[];
  readonly promptKeys: number;
  /** As of a captioner that has picture and text in one sequence: a class token first, its own text last. */
  readonly published: boolean;
  readonly width: number;
  readonly height: number;
}

const SIZE: MadeSize = {
  layers: 3,
  heads: 2,
  grid: 4,
  words: ["a", "dog", "sees", "a", "cat"],
  promptKeys: 2,
  published: false,
  width: 64,
  height: 48,
};

/** Maps that no model made: every layer, head and word has its own, the same for the same seed. */
export function makeExploration(size: Partial<MadeSize> = {}, seed = 1): Exploration {
  const { words, grid, promptKeys, published, width, height, ...counts } = { ...SIZE, ...size };
  const random = createRandom(seed);
  const keys: readonly AttentionKey[] = published
    ? [{ kind: "class" }, ...listKeys(grid, promptKeys, words.length)]
    : listKeys(grid, promptKeys, 0);
  const record = (layers: number, heads: number, label: string): AttentionRecord => ({
    layers,
    heads,
    tokens: words.length,
    grid,
    keys,
    data: shares(layers * heads * words.length, keys.length, random.fork(label)),
  });
  const looks = (label: string): Looks => ({
    attention: record(counts.layers, counts.heads, `${label} attention`),
    gradient: record(counts.layers, counts.heads, `${label} gradient`),
    rollout: record(1, 1, `${label} rollout`),
  });
  return {
    ...looks("model"),
    control: { ...looks("control"), seed: 1 },
    source: "made",
    trained: true,
    caption: words.join(" "),
    logProbability: -3,
    prompt: promptKeys > 0 ? "a picture of" : "",
    words: words.map((text, start) => ({ text, start, end: start + 1 })),
    picture: { width, height, data: makePicture(width, height, random.fork("picture")) },
    imageSize: 16 * grid,
  };
}

/** Rows of so many positive numbers that add up to 1. */
function shares(rows: number, keys: number, random: Random): Float32Array {
  const data = new Float32Array(rows * keys);
  for (let row = 0; row < rows; row++) {
    const scores = Array.from({ length: keys }, () => Math.exp(1.5 * random.normal()));
    const sum = scores.reduce((a, b) => a + b, 0);
    data.set(
      scores.map((score) => score / sum),
      row * keys,
    );
  }
  return data;
}

/** Slopes of colour with some grain, as a photograph has. */
function makePicture(width: number, height: number, random: Random): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    const slope = [(255 * x) / width, (255 * y) / height, 128 + 60 * Math.sin(x / 9 + y / 7)][index % 3]!;
    return Math.min(255, Math.max(0, slope + 8 * random.normal()));
  });
}
