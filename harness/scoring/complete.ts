import { prepareCaptions, scoreBleu, scoreRougeL } from "@simvlm/metrics";
import { collectScores, type Scored } from "./scored.js";

/**
 * Completions beside the rest of the text that stands there: BLEU-1 to BLEU-4 and ROUGE-L, 0 to 1. There is no official
 * format, so these come from memory.
 *
 * @param targets what was written, in one or several wordings
 */
export function scoreCompletions(
  completions: readonly string[],
  targets: readonly (readonly string[])[],
  of: Pick<Scored, "ids" | "missing">,
): Scored {
  const corpus = prepareCaptions(completions, targets);
  const results = [scoreBleu(corpus), scoreRougeL(corpus)];
  return { task: "complete", ...of, results, scores: collectScores(results), domains: [], warnings: [] };
}
