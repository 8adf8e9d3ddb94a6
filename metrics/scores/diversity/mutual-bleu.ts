import { defineMetric } from "../../definition.js";
import { BLEU_NAMES, bleu } from "../bleu.js";
import { MAX_ORDER } from "../ngrams.js";
import { captionSets, describeCounts, requireSeveral } from "./caption-sets.js";

/**
 * mBLEU: the BLEU of each caption of a picture against its others, the mean of which is the picture's, and the mean of the
 * pictures' the score; less is more diverse.
 */
export const mutualBleuMetric = defineMetric({
  name: "mbleu",
  title: "mBLEU",
  range: [0, 1],
  needs: ["captions"],
  scores: BLEU_NAMES.map((_, k) => `mBLEU_${k + 1}`),
  columns: [...BLEU_NAMES.map((_, k) => `mBLEU_${k + 1}`), "pictures"],
  prepare(input) {
    requireSeveral("mbleu", input);
    return input.share(captionSets);
  },
  statistics: (_, sets, place) => [...mutualBleu(sets[place]!), 1],
  scoresFromSums: (sums) => BLEU_NAMES.map((_, k) => sums[k]! / sums[MAX_ORDER]!),
  signature: (input) => ({ captions: describeCounts(input), tok: "ptb", mean: "captions", reflen: "closest" }),
});

/**
 * mBLEU-1 to mBLEU-4 of the captions of one picture.
 * @param captions their words
 */
export function mutualBleu(captions: readonly (readonly string[])[]): number[] {
  const texts = captions.map((words) => words.join(" "));
  const others = texts.map((_, i) => texts.filter((_, k) => k !== i));
  const { perExample } = bleu(texts, others, { tokenizer: "none" });
  return BLEU_NAMES.map((name) => perExample[name].reduce((sum, score) => sum + score, 0) / texts.length);
}
