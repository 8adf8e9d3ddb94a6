import { correlateRanks, rank } from "@simvlm/metrics";
import type { SaidText } from "../../models/attention-maps.js";
import type { TextScorer } from "../../models/text-scorer.js";
import type { WordSpan } from "../../text/word-spans.js";

/** What a text loses when patches must not be looked at. */
export interface Knockout {
  /** Of each word, what its log-probability loses without each patch; negative where it gains. `[words][patches]` */
  readonly drops: readonly Float64Array[];
  /** Natural log-probability of each word with all patches. */
  readonly whole: readonly number[];
}

/** Knocks out the patches one at a time. */
export async function knockOutEach(
  scorer: TextScorer,
  said: SaidText,
  words: readonly WordSpan[],
  patches: number,
): Promise<Knockout> {
  const conditions = Array.from({ length: patches }, (_, patch) => ({ hidden: [patch] }));
  const [whole, ...without] = await scorer.score(said, [{}, ...conditions]);
  return {
    whole: words.map((word) => sumWord(whole!, word)),
    drops: words.map((word) => Float64Array.from(without, (scores) => sumWord(whole!, word) - sumWord(scores, word))),
  };
}

/**
 * What each word loses without several patches at once.
 * @param patches of each map and word
 * @param whole see {@link Knockout}
 * @returns `[maps][words]`
 */
export async function knockOutTogether(
  scorer: TextScorer,
  said: SaidText,
  words: readonly WordSpan[],
  patches: readonly (readonly (readonly number[])[])[],
  whole: readonly number[],
): Promise<number[][]> {
  const scored = await scorer.score(
    said,
    patches.flatMap((ofMap) => ofMap.map((hidden) => ({ hidden }))),
  );
  return patches.map((_, map) =>
    words.map((word, index) => whole[index]! - sumWord(scored[map * words.length + index]!, word)),
  );
}

/** Spearman's correlation of a map with what the patches are worth; undefined where either is the same everywhere. */
export function correlateMap(map: ArrayLike<number>, drops: ArrayLike<number>): number | undefined {
  const { spearman } = correlateRanks(rank(map), rank(drops));
  return Number.isFinite(spearman) ? spearman : undefined;
}

function sumWord(scores: Float32Array, { start, end }: WordSpan): number {
  let sum = 0;
  for (let token = start; token < end; token++) sum += scores[token]!;
  return sum;
}
