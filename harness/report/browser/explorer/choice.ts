import type { PaneChoice, PaneData } from "../../explorer/explorer-data.js";
import { hasMethod } from "../../explorer/reader.js";

/** A choice that there is in this pane: another model may have fewer layers, and another caption fewer words. */
export function fitChoice(choice: PaneChoice, data: PaneData): PaneChoice {
  const { words, layers, heads, control } = data;
  return {
    word: Math.max(0, Math.min(choice.word, words.length - 1)),
    patch: choice.patch,
    layer: choice.layer < layers ? choice.layer : -1,
    head: choice.head < heads ? choice.head : -1,
    method: hasMethod(data, choice.method) ? choice.method : "mean",
    control: choice.control && control !== undefined,
  };
}

/** A change of one pane's choice as it is meant in another pane. */
export function translateChange(change: Partial<PaneChoice>, from: PaneData, to: PaneData): Partial<PaneChoice> {
  return {
    ...change,
    ...(change.word !== undefined && { word: sameWord(change.word, from.words, to.words) }),
    ...(change.patch !== undefined && { patch: samePatch(change.patch, from.grid, to.grid) }),
  };
}

/** The word of another caption that is meant: the same text as often before it, or else the same place. */
function sameWord(word: number, from: readonly string[], to: readonly string[]): number {
  const nth = from.slice(0, word).filter((each) => each === from[word]).length;
  const same = to.flatMap((each, index) => (each === from[word] ? [index] : []));
  return same[nth] ?? same[0] ?? word;
}

/** The patch of another grid that lies at the same place of its picture. */
function samePatch(patch: number, from: number, to: number): number {
  if (patch < 0) return -1;
  const place = (at: number) => Math.floor(((at + 0.5) * to) / from);
  return place(Math.floor(patch / from)) * to + place(patch % from);
}
