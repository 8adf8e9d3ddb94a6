import type { Debates } from "./debate-styles.js";

interface Mixture {
  /** The share of pictures with one thing alone. */
  readonly alone: number;
  /** Some kinds more often than others. */
  readonly byFrequency: boolean;
  /** The share of texts, with a picture or without, that debate what is there instead of telling it. */
  readonly debated: number;
  readonly debates: Debates;
}

/** Which pictures the web shows, and what is said about them. */
export const MIXTURES = {
  /** Much of the web shows one thing, to sell it or to tell of it, and a few kinds of things most of the time. */
  "long-tail": { alone: 0.45, byFrequency: true, debated: 0, debates: [] },
  /** Scenes as in the other data sets, all kinds alike. */
  even: { alone: 0, byFrequency: false, debated: 0, debates: [] },
  /** Even scenes; a model that has only ever told what it sees does not look for what it is asked about. */
  debated: { alone: 0, byFrequency: false, debated: 0.5, debates: [{ style: "debate", weight: 1 }] },
  /** Nothing but names to look for. Among other texts a model of this size does not find out what a name asks for. */
  named: {
    alone: 0,
    byFrequency: false,
    debated: 1,
    debates: [
      { style: "colors", weight: 1 },
      { style: "inventory", weight: 1 },
    ],
  },
  /** All ways, and some of the other texts. */
  checked: {
    alone: 0,
    byFrequency: false,
    debated: 0.7,
    debates: [
      { style: "debate", weight: 2 },
      { style: "checklist", weight: 4 },
      { style: "inventory", weight: 3 },
      { style: "colors", weight: 2 },
      { style: "places", weight: 2 },
    ],
  },
} as const satisfies Record<string, Mixture>;

/** The name of one of {@link MIXTURES}. */
export type WebMixture = keyof typeof MIXTURES;
/** The names of all mixtures. */
export const WEB_MIXTURES = Object.keys(MIXTURES) as WebMixture[];
