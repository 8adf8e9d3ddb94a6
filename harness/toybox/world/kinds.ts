/** What there is in the miniature world. The first half of each row decides what is drawn and where captions know it. */

export const CATEGORIES = ["animal", "vehicle", "building", "fruit", "toy", "thing"] as const;
/** One of {@link CATEGORIES}. */
export type Category = (typeof CATEGORIES)[number];

interface KindRow {
  readonly category: Category;
  /** Does it occur in the supervised captions (COCO's part)? The others are NoCaps' new kinds. */
  readonly inDomain: boolean;
  /** Where another thing can sit: a point of the 100 × 100 drawing, y downwards. Without it nothing sits there. */
  readonly seat?: readonly [x: number, y: number];
  /** How far it may be turned either way, in degrees. */
  readonly turn: number;
}

/** The kinds of things, by the noun that names them. */
export const KINDS = {
  dog: { category: "animal", inDomain: true, turn: 7 },
  cat: { category: "animal", inDomain: true, turn: 7 },
  bird: { category: "animal", inDomain: true, turn: 10 },
  fish: { category: "animal", inDomain: true, turn: 15 },
  car: { category: "vehicle", inDomain: true, turn: 5, seat: [50, 32] },
  bus: { category: "vehicle", inDomain: true, turn: 5, seat: [50, 22] },
  boat: { category: "vehicle", inDomain: true, turn: 8 },
  house: { category: "building", inDomain: true, turn: 4, seat: [50, 14] },
  apple: { category: "fruit", inDomain: true, turn: 18 },
  banana: { category: "fruit", inDomain: true, turn: 18 },
  ball: { category: "toy", inDomain: true, turn: 90, seat: [50, 12] },
  flower: { category: "thing", inDomain: true, turn: 10 },
  horse: { category: "animal", inDomain: false, turn: 6, seat: [62, 42] },
  rabbit: { category: "animal", inDomain: false, turn: 7 },
  elephant: { category: "animal", inDomain: false, turn: 6, seat: [60, 25] },
  turtle: { category: "animal", inDomain: false, turn: 8, seat: [55, 28] },
  butterfly: { category: "animal", inDomain: false, turn: 20 },
  snail: { category: "animal", inDomain: false, turn: 7, seat: [60, 20] },
  plane: { category: "vehicle", inDomain: false, turn: 12 },
  bicycle: { category: "vehicle", inDomain: false, turn: 5 },
  rocket: { category: "vehicle", inDomain: false, turn: 18 },
  castle: { category: "building", inDomain: false, turn: 3, seat: [50, 28] },
  tent: { category: "building", inDomain: false, turn: 5 },
  strawberry: { category: "fruit", inDomain: false, turn: 18 },
  kite: { category: "toy", inDomain: false, turn: 18 },
  "teddy bear": { category: "toy", inDomain: false, turn: 8 },
  umbrella: { category: "thing", inDomain: false, turn: 12 },
  present: { category: "thing", inDomain: false, turn: 8, seat: [50, 34] },
} as const satisfies Record<string, KindRow>;

/** The name of one of {@link KINDS}. */
export type Kind = keyof typeof KINDS;
/** The names of all kinds. */
export const KIND_NAMES = Object.keys(KINDS) as Kind[];
/** The kinds that occur in the supervised captions. */
export const IN_DOMAIN_KINDS = KIND_NAMES.filter((kind) => KINDS[kind].inDomain);
/** NoCaps' new kinds: those that do not occur in the supervised captions. */
export const OUT_DOMAIN_KINDS = KIND_NAMES.filter((kind) => !KINDS[kind].inDomain);
/**
 * From the kind that web pages show most often to the one that they show least, known and new kinds in turn. The n-th
 * is shown 1/n as often as the first (Zipf's law, which holds for words and things anywhere). A small model learns to
 * see from the frequent ones: 14,400 clean pictures of one thing brought it from 2.78 to 1.84 nats a kind; with all
 * kinds alike, only from 3.33 to 3.30.
 */
export const BY_FREQUENCY: readonly Kind[] = [
  ...(["dog", "rocket", "car", "horse", "flower", "teddy bear", "house"] as const),
  ...(["elephant", "cat", "plane", "boat", "castle", "bird", "butterfly"] as const),
  ...(["apple", "kite", "bus", "bicycle", "ball", "umbrella", "fish"] as const),
  ...(["turtle", "banana", "tent", "strawberry", "rabbit", "present", "snail"] as const),
];

/** The kinds that something can sit on. */
export const SEATS: readonly Kind[] = KIND_NAMES.filter((kind) => "seat" in KINDS[kind]);

/** All that is known about a kind. */
export function kindRow(kind: Kind): KindRow {
  return KINDS[kind];
}

/** The colours that a thing can have. */
export const COLORS = ["red", "yellow", "green", "blue", "purple", "pink", "white", "black"] as const;
/** One of {@link COLORS}. */
export type Color = (typeof COLORS)[number];

/** The sizes that a thing can have. */
export const SIZES = ["small", "big"] as const;
/** One of {@link SIZES}. */
export type Size = (typeof SIZES)[number];

/** The backgrounds that a scene can have. */
export const BACKGROUNDS = ["day", "night", "snow", "sand", "sea"] as const;
/** One of {@link BACKGROUNDS}. */
export type Background = (typeof BACKGROUNDS)[number];
