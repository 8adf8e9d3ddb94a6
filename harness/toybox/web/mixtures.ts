/** Which pictures the web shows: the share of them with one thing alone, and whether some kinds are more frequent. */
export const MIXTURES = {
  /** Much of the web shows one thing, to sell it or to tell of it, and a few kinds of things most of the time. */
  "long-tail": { alone: 0.45, byFrequency: true },
  /** Scenes as in the other data sets, all kinds alike. */
  even: { alone: 0, byFrequency: false },
} as const;

export type WebMixture = keyof typeof MIXTURES;
export const WEB_MIXTURES = Object.keys(MIXTURES) as WebMixture[];
