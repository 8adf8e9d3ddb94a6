import type { Exploration } from "../../attention/explore.js";
import { averageAttention, poolWords, type WordAttention } from "../../attention/word-attention.js";
import { countKinds } from "../../models/attention-maps.js";
import type { PaneData } from "./explorer-data.js";
import { packLooks } from "./pack.js";

/*
 * Explorations as the explorer's pages have them. Nothing here needs Node.js or a browser.
 */

/** An exploration without the pixels of its picture. */
export interface ExploredWords extends Omit<Exploration, "picture"> {
  /** The size of the picture that is shown. */
  readonly picture: { readonly width: number; readonly height: number };
}

/** A model's half of an explorer: everything that it shows of one exploration but the picture itself. */
export function describePane(exploration: ExploredWords): PaneData {
  const { source, trained, caption, prompt, words, attention, imageSize, picture, control } = exploration;
  return {
    source,
    trained,
    caption,
    prompt,
    keys: countKinds(attention),
    ...(attention.through && { through: attention.through }),
    words: words.map(({ text }) => text),
    range: findRange(meanWords(exploration).map(({ map }) => map)),
    grid: attention.grid,
    imageSize,
    layers: attention.layers,
    heads: attention.heads,
    width: picture.width,
    height: picture.height,
    model: packLooks(exploration, words, { isControl: false }),
    ...(control && { control: packLooks(control, words, { isControl: true }), seed: control.seed }),
  };
}

/** The word that has the brightest patch. */
export function findBrightest(exploration: ExploredWords): number {
  const peaks = meanWords(exploration).map(({ map }) => map.reduce((a, b) => Math.max(a, b), 0));
  return Math.max(0, peaks.indexOf(Math.max(...peaks)));
}

/** Each word's map as the mean of all layers and heads. */
export function meanWords({ attention, words }: Pick<Exploration, "attention" | "words">): WordAttention[] {
  return poolWords(averageAttention(attention), attention, words);
}

/** The least and the greatest of all values, which are shares of a whole. */
export function findRange(maps: readonly Float32Array[]): readonly [least: number, most: number] {
  let [least, most] = [1, 0];
  for (const map of maps) for (const value of map) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
}
