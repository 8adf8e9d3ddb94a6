import type { Background, Color, Kind, Size } from "./kinds.js";

/** Some things of one kind that look alike: "two small red dogs". */
export interface Group {
  readonly kind: Kind;
  readonly color: Color;
  readonly size: Size;
  /** 1 to 4. */
  readonly count: number;
}

/** The four relations that scenes are built with. Language also knows their inverses. */
export const RELATIONS = ["left", "above", "behind", "on"] as const;
/** One of {@link RELATIONS}. */
export type RelationName = (typeof RELATIONS)[number];

/** `groups[subject]` is left of (above, behind, on) `groups[object]`. */
export interface Relation {
  readonly name: RelationName;
  readonly subject: number;
  readonly object: number;
}

/**
 * What is to be seen in a picture, but not how it looks: one to three groups of different kinds, with at most four
 * things in all. The first relation holds between the first two groups, the second between the third group and one of
 * those.
 */
export interface Scene {
  readonly background: Background;
  /** Whether things are drawn half as large again. */
  readonly closeUp?: boolean;
  readonly groups: readonly Group[];
  readonly relations: readonly Relation[];
}

/** The splits of every data set. A scene belongs to exactly one of them, see {@link splitOf}. */
export const SPLITS = ["train", "val", "test"] as const;
/** One of {@link SPLITS}. */
export type Split = (typeof SPLITS)[number];

/** A name that two scenes share exactly if nothing that can be said about them differs. */
export function sceneKey({ background, groups, relations }: Scene): string {
  const names = groups.map(({ kind, color, size, count }) => `${count} ${size} ${color} ${kind}`);
  const links = relations.map(({ name, subject, object }) => `${names[subject]} ${name} ${names[object]}`);
  return [background, ...[...names].sort(), ...links.sort()].join("|");
}

/** The share of all scenes that belong to val and to test; the rest is train's. */
const SHARES = { val: 0.08, test: 0.12 } as const;

/**
 * The one split that a scene may appear in. It depends on nothing but the scene, so that the test set of no seed shares
 * a scene with the training set of any seed, in any of the data sets.
 */
export function splitOf(scene: Scene): Split {
  const position = hashToUnit(sceneKey(scene));
  if (position < SHARES.val) return "val";
  return position < SHARES.val + SHARES.test ? "test" : "train";
}

/** FNV-1a, then the finaliser of MurmurHash3, as a number in [0, 1). */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
