import { BY_FREQUENCY, KIND_NAMES, type Kind } from "./kinds.js";

/** How many things of how many kinds a scene has. */
export interface SceneShape {
  readonly name: "single" | "several" | "pair" | "counted pair" | "three";
  readonly weight: number;
  readonly kinds: 1 | 2 | 3;
}

/** What scenes may be made of. */
export interface World {
  readonly kinds: readonly Kind[];
  readonly shapes: readonly SceneShape[];
  /** Whether lone things are drawn larger, and texts are English captions and nothing else. */
  readonly plain: boolean;
}

/** The miniature world, and a part of it that a smaller model learns in fewer steps. */
export const WORLDS = {
  whole: {
    kinds: KIND_NAMES,
    shapes: [
      { name: "single", weight: 22, kinds: 1 },
      { name: "several", weight: 14, kinds: 1 },
      { name: "pair", weight: 42, kinds: 2 },
      { name: "counted pair", weight: 12, kinds: 2 },
      { name: "three", weight: 10, kinds: 3 },
    ],
    plain: false,
  },
  /** The eight most frequent kinds, four of which clean captions know; one or two things in a picture. */
  plain: {
    kinds: BY_FREQUENCY.slice(0, 8),
    shapes: [
      { name: "single", weight: 60, kinds: 1 },
      { name: "pair", weight: 40, kinds: 2 },
    ],
    plain: true,
  },
} as const satisfies Record<string, World>;

/** The name of one of {@link WORLDS}. */
export type WorldName = keyof typeof WORLDS;
/** The names of all worlds. */
export const WORLD_NAMES = Object.keys(WORLDS) as WorldName[];
