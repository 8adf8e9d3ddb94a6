import { defineMetric } from "@simvlm/metrics";

/** The words of a text, between white space. */
const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

/** How long captions are beside what people write: words said for each word that people use on average. */
export default defineMetric({
  name: "length-ratio",
  title: "length ratio",
  scores: ["length_ratio"],
  columns: ["words", "words of people"],
  statistics({ prediction, references }) {
    const words = references.map(countWords);
    return [countWords(prediction), words.reduce((sum, count) => sum + count, 0) / words.length];
  },
  scoresFromSums: ([words, expected]) => [words! / expected!],
  signature: () => ({ tok: "white-space" }),
});
