import type { Split } from "./world/scene.js";

/** The data sets of a Toybox, by the names of their folders. */
export const DATA_SETS = ["captions", "nocaps", "vqa", "nlvr2", "snli-ve", "multi30k", "web", "text"] as const;
/** One of {@link DATA_SETS}. */
export type DataSet = (typeof DATA_SETS)[number];
/** Those that there are of a plain world, too. */
export const PLAIN_DATA_SETS: readonly DataSet[] = ["captions", "nocaps", "vqa", "web", "text"];

/** How large a Toybox can be: `small` to try things out and for tests, `full` to train and evaluate models. */
export const SCALES = ["small", "full"] as const;
/** One of {@link SCALES}. */
export type Scale = (typeof SCALES)[number];

type Sizes = Record<Split, number>;

/**
 * How much each split has at each scale. captions, nocaps: images; vqa: images, with three questions each; nlvr2:
 * sentence sets, with four images and six examples each; snli-ve: images, with three hypotheses each; multi30k: lines
 * with an image; web: pairs; text: documents.
 */
export const SIZES: Record<Scale, Record<DataSet, Sizes>> = {
  small: {
    captions: { train: 120, val: 20, test: 40 },
    nocaps: { train: 0, val: 20, test: 40 },
    vqa: { train: 60, val: 10, test: 30 },
    nlvr2: { train: 20, val: 5, test: 10 },
    "snli-ve": { train: 40, val: 10, test: 30 },
    multi30k: { train: 60, val: 20, test: 40 },
    web: { train: 300, val: 20, test: 0 },
    text: { train: 300, val: 20, test: 0 },
  },
  full: {
    captions: { train: 8000, val: 500, test: 1000 },
    nocaps: { train: 0, val: 500, test: 1000 },
    vqa: { train: 14_000, val: 200, test: 400 },
    nlvr2: { train: 5000, val: 80, test: 170 },
    "snli-ve": { train: 20_000, val: 150, test: 334 },
    multi30k: { train: 5000, val: 300, test: 1000 },
    web: { train: 60_000, val: 500, test: 0 },
    text: { train: 40_000, val: 500, test: 0 },
  },
};

/** How many times as many text-only documents and sentence pairs there are as lines with an image: they cost little. */
export const TEXT_ONLY_FACTOR = 4;
