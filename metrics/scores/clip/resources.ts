import type { MetricExample } from "../../input.js";

/** How well one caption fits, as CLIP sees it: cosines, from -1 to 1. */
export interface ClipSimilarity {
  /** Of caption and picture. */
  readonly picture: number;
  /** Of caption and each reference; absent where references were not asked for. */
  readonly references?: readonly number[] | undefined;
}

/** What CLIP found in some examples. */
export interface ClipComparison {
  /** In the order of the examples. */
  readonly similarities: readonly ClipSimilarity[];
  /** How many captions and references were cut, because they have more tokens than CLIP has places for. */
  readonly cut: { readonly captions: number; readonly references: number };
}

/** A CLIP, as metrics use it. It does not come with this package; `openClipMetric` of simvlm opens one. */
export interface ClipResources {
  /** Which it is, for signatures. */
  readonly name: string;
  /** How many tokens of a text it looks at. */
  readonly places: number;
  /** Looks at pictures and captions, and at references where that is asked for. */
  compare(examples: readonly MetricExample[], options?: ClipCompareOptions): Promise<ClipComparison>;
}

/** What CLIP is asked beside examples. */
export interface ClipCompareOptions {
  /** Whether captions are compared with references, too; default false. */
  readonly references?: boolean | undefined;
  /** Is told how many pictures or texts are to be looked at; what it returns, how many more are done. */
  readonly onStart?: ((steps: number) => (steps?: number) => void) | undefined;
}
