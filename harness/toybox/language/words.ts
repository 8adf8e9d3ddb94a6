import type { SaidRelationName } from "../world/facts.js";
import type { Background, Color, Kind, Size } from "../world/kinds.js";

/** English or German. */
export type Language = "en" | "de";

/** The same phrase in both languages. */
export interface Phrase {
  readonly weight: number;
  readonly en: string;
  readonly de: string;
}

/** In German, the stem of the adjective; `fixed` ones never take an ending. */
export interface Adjective extends Phrase {
  readonly fixed?: true;
}

/** The adjectives for each size. */
export const SIZE_WORDS: Record<Size, readonly Adjective[]> = {
  small: [
    { weight: 75, en: "small", de: "klein" },
    { weight: 25, en: "little", de: "klein" },
  ],
  big: [
    { weight: 75, en: "big", de: "groß" },
    { weight: 25, en: "large", de: "groß" },
  ],
};

/** The adjectives for each colour. */
export const COLOR_WORDS: Record<Color, readonly Adjective[]> = {
  red: [{ weight: 1, en: "red", de: "rot" }],
  yellow: [{ weight: 1, en: "yellow", de: "gelb" }],
  green: [{ weight: 1, en: "green", de: "grün" }],
  blue: [{ weight: 1, en: "blue", de: "blau" }],
  purple: [
    { weight: 85, en: "purple", de: "lila", fixed: true },
    { weight: 15, en: "violet", de: "violett" },
  ],
  pink: [{ weight: 1, en: "pink", de: "rosa", fixed: true }],
  white: [{ weight: 1, en: "white", de: "weiß" }],
  black: [{ weight: 1, en: "black", de: "schwarz" }],
};

/** The numerals, by count; for one, an article is used. */
export const NUMBER_WORDS: Record<Language, readonly string[]> = {
  en: ["no", "one", "two", "three", "four"],
  de: ["kein", "ein", "zwei", "drei", "vier"],
};

/** Prepositions that stand before a noun phrase, in German in the dative. */
export const RELATION_PHRASES: Record<SaidRelationName, readonly Phrase[]> = {
  left: [
    { weight: 65, en: "to the left of", de: "links von" },
    { weight: 35, en: "left of", de: "links von" },
  ],
  right: [
    { weight: 65, en: "to the right of", de: "rechts von" },
    { weight: 35, en: "right of", de: "rechts von" },
  ],
  above: [
    { weight: 80, en: "above", de: "über" },
    { weight: 20, en: "over", de: "über" },
  ],
  below: [
    { weight: 65, en: "below", de: "unter" },
    { weight: 35, en: "under", de: "unter" },
  ],
  behind: [{ weight: 1, en: "behind", de: "hinter" }],
  front: [{ weight: 1, en: "in front of", de: "vor" }],
  on: [
    { weight: 75, en: "on", de: "auf" },
    { weight: 25, en: "on top of", de: "oben auf" },
  ],
  beside: [
    { weight: 75, en: "next to", de: "neben" },
    { weight: 25, en: "beside", de: "neben" },
  ],
};

/** Adverbs about an object named before: "a house with a dog behind it". In English, of one thing, then of several. */
export const ADVERBS: Record<SaidRelationName, { readonly en: readonly [string, string]; readonly de: string }> = {
  left: { en: ["to its left", "to their left"], de: "links davon" },
  right: { en: ["to its right", "to their right"], de: "rechts davon" },
  above: { en: ["above it", "above them"], de: "darüber" },
  below: { en: ["below it", "below them"], de: "darunter" },
  behind: { en: ["behind it", "behind them"], de: "dahinter" },
  front: { en: ["in front of it", "in front of them"], de: "davor" },
  on: { en: ["on top of it", "on top of them"], de: "darauf" },
  beside: { en: ["next to it", "next to them"], de: "daneben" },
};

/** For two things side by side. */
export const SIDES: Record<"left" | "right", Phrase> = {
  left: { weight: 1, en: "on the left", de: "links" },
  right: { weight: 1, en: "on the right", de: "rechts" },
};

/** How each background is called. */
export const PLACES: Record<Background, readonly Phrase[]> = {
  day: [
    { weight: 60, en: "on a sunny day", de: "an einem sonnigen Tag" },
    { weight: 25, en: "in the sunshine", de: "im Sonnenschein" },
    { weight: 15, en: "on the grass", de: "auf der Wiese" },
  ],
  night: [
    { weight: 65, en: "at night", de: "bei Nacht" },
    { weight: 20, en: "in the dark", de: "im Dunkeln" },
    { weight: 15, en: "under the stars", de: "unter den Sternen" },
  ],
  snow: [
    { weight: 75, en: "in the snow", de: "im Schnee" },
    { weight: 25, en: "on a snowy day", de: "an einem verschneiten Tag" },
  ],
  sand: [
    { weight: 70, en: "in the sand", de: "im Sand" },
    { weight: 30, en: "in the desert", de: "in der Wüste" },
  ],
  sea: [
    { weight: 70, en: "by the sea", de: "am Meer" },
    { weight: 30, en: "on the water", de: "auf dem Wasser" },
  ],
};

interface Posture {
  readonly en: string;
  /** Of one thing, of several. */
  readonly de: readonly [string, string];
  readonly kinds: readonly Kind[];
}

/** What a thing does while it is somewhere. */
export const POSTURES: readonly Posture[] = [
  {
    en: "standing",
    de: ["steht", "stehen"],
    kinds: ["dog", "horse", "elephant", "house", "castle", "tent", "car", "bus", "bicycle", "flower", "rocket"],
  },
  { en: "sitting", de: ["sitzt", "sitzen"], kinds: ["cat", "bird", "rabbit", "turtle", "snail", "teddy bear"] },
  { en: "lying", de: ["liegt", "liegen"], kinds: ["apple", "banana", "strawberry", "ball", "umbrella", "present"] },
  { en: "floating", de: ["schwimmt", "schwimmen"], kinds: ["fish", "boat"] },
  { en: "flying", de: ["fliegt", "fliegen"], kinds: ["plane", "kite", "butterfly"] },
];
