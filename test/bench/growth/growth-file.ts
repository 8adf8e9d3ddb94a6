import type { Machine, Versions } from "../runner/machine.js";

/** What of a work grows, by how much, and what it then took: what `npm run bench -- growth` writes. */
export interface Growth {
  /** When it was measured. */
  readonly measured: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Versions;
  /** How many processors other programs kept busy meanwhile. */
  readonly others?: number;
  readonly axes: readonly Axis[];
}

/** One work, at several sizes. */
export interface Axis {
  readonly key: AxisKey;
  readonly points: readonly Point[];
}

/** What was measured at one size. */
export interface Point {
  readonly size: number;
  /** Of each round. */
  readonly times: readonly number[];
  /** The peak of all its processes. */
  readonly megabytes?: number;
}

/** How an axis is called and drawn. */
export interface AxisWords {
  /** The work, for a table. */
  readonly work: string;
  /** The same for a legend. */
  readonly name: string;
  /** What there is more and more of. */
  readonly unit: string;
  /** How the cost should grow; of processes side by side there is a speed-up instead. */
  readonly expected: "linear" | "speed-up";
}

/** All axes there are. */
export const AXES = {
  captions: {
    work: "captions scored by BLEU, ROUGE-L and CIDEr-D, five references each",
    ...{ name: "captions scored", unit: "captions", expected: "linear" },
  },
  answers: {
    work: "answers scored by VQA accuracy, ten people's each",
    ...{ name: "answers scored", unit: "answers", expected: "linear" },
  },
  compare: {
    work: "two runs compared, with 1,000 resamples",
    ...{ name: "two runs compared", unit: "captions", expected: "linear" },
  },
  tokens: { work: "a caption by `base`", name: "a caption", unit: "tokens", expected: "linear" },
  batch: {
    work: "captions of 20 tokens by `base`, so many at a time",
    ...{ name: "captions at a time", unit: "pictures", expected: "linear" },
  },
  questions: {
    work: "questions to `base`, answers of 3 tokens, so many at a time",
    ...{ name: "questions at a time", unit: "questions", expected: "linear" },
  },
  beams: {
    work: "a caption of 10 tokens by `base`, beam search",
    ...{ name: "beams of one picture", unit: "beams", expected: "linear" },
  },
  pixels: {
    work: "a picture through `small`, and one token",
    ...{ name: "through the model small", unit: "pixels", expected: "linear" },
  },
  photographs: {
    work: "a JPEG file made ready for a model",
    ...{ name: "a JPEG file made ready", unit: "pixels", expected: "linear" },
  },
  processes: {
    work: "a run of 96 pictures in shards, side by side",
    ...{ name: "a run of 96 pictures", unit: "processes", expected: "speed-up" },
  },
} as const satisfies Readonly<Record<string, AxisWords>>;

export type AxisKey = keyof typeof AXES;
