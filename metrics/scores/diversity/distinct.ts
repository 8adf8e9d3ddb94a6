import { defineMetric } from "../../definition.js";
import { captionSets, describeCounts, ngramsOf } from "./caption-sets.js";

/** What is added to the number of words, so that nothing is divided by 0. */
const SMALL = 1e-6;
const ORDERS = [1, 2] as const;

/** Div-1 and Div-2: the distinct n-grams of a picture's captions by their words, and the mean of the pictures'. */
export const distinctMetric = defineMetric({
  name: "distinct",
  title: "Div",
  range: [0, 1],
  needs: ["captions"],
  scores: ["Div_1", "Div_2"],
  columns: ["Div_1", "Div_2", "pictures"],
  prepare: (input) => input.share(captionSets),
  statistics: (_, sets, place) => [...ORDERS.map((order) => distinctShare(sets[place]!, order)), 1],
  scoresFromSums: ([one, two, pictures]) => [one! / pictures!, two! / pictures!],
  signature: (input) => ({ captions: describeCounts(input), tok: "ptb" }),
});

/**
 * The distinct n-grams of some captions by their words.
 * @param captions their words
 */
export function distinctShare(captions: readonly (readonly string[])[], order: number): number {
  const distinct = new Set<string>();
  let words = 0;
  for (const caption of captions) {
    for (const gram of ngramsOf(caption, order)) distinct.add(gram);
    words += caption.length;
  }
  return distinct.size / (SMALL + words);
}
