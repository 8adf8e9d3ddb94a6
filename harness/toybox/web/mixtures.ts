/**
 * Which pictures the web shows: the share of them with one thing alone, and whether some kinds are more frequent; and the
 * share of texts, with a picture or without, that debate what is there instead of telling it, and of these the share that
 * are checklists.
 */
export const MIXTURES = {
  /** Much of the web shows one thing, to sell it or to tell of it, and a few kinds of things most of the time. */
  "long-tail": { alone: 0.45, byFrequency: true, debated: 0, listed: 0 },
  /** Scenes as in the other data sets, all kinds alike. */
  even: { alone: 0, byFrequency: false, debated: 0, listed: 0 },
  /** Even scenes; a model that has only ever told what it sees does not look for what it is asked about. */
  debated: { alone: 0, byFrequency: false, debated: 0.5, listed: 0 },
  /** More of it, much of it in few words: a verdict teaches most, and the words of a claim cannot be foreseen. */
  checked: { alone: 0, byFrequency: false, debated: 0.75, listed: 0.6 },
} as const;

export type WebMixture = keyof typeof MIXTURES;
export const WEB_MIXTURES = Object.keys(MIXTURES) as WebMixture[];
