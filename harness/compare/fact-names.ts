import type { AboutFacts } from "./comparison.js";

/** On Toybox, the share of captions that name all and say nothing wrong. */
export const EXACT_CAPTIONS = "exact captions";

/** What a score of facts is called among other scores: `things (F1)`. */
export function nameFactScore({ fact, score }: AboutFacts & { readonly score: string }): string {
  return score === "exact" ? EXACT_CAPTIONS : `${fact} (${score})`;
}
