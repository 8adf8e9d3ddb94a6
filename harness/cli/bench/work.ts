import type { PresetName } from "../../models/simvlm/simvlm-config.js";

/** One piece of work that is measured: on random weights, on a random batch whose texts fill their places. */
export interface Work {
  /** Its name on the command line. */
  readonly key: string;
  /** What it is, for a reader. */
  readonly title: string;
  readonly kind: "encoder" | "train" | "caption";
  readonly preset: PresetName;
  readonly batch: number;
  readonly prefixLength: number;
  readonly suffixLength: number;
}

/** The tokens that a caption has. */
export const CAPTION_LENGTH = 20;

const base = { preset: "base", prefixLength: 24, suffixLength: 24 } as const;

export const WORKS: readonly Work[] = [
  {
    ...base,
    key: "base-encoder",
    title: "base, encoder forward, batch 4, 224 px + 24 tokens",
    kind: "encoder",
    batch: 4,
  },
  {
    ...base,
    key: "base-training",
    title: "base, one training step (forward, backward, AdamW), batch 4, 24 + 24 tokens",
    kind: "train",
    batch: 4,
  },
  {
    key: "toy-training",
    title: "toy, one training step (forward, backward, AdamW), batch 32, 16 + 24 tokens",
    kind: "train",
    preset: "toy",
    batch: 32,
    prefixLength: 16,
    suffixLength: 24,
  },
  {
    ...base,
    key: "base-caption-1",
    title: `base, a caption of ${CAPTION_LENGTH} tokens, greedy, batch 1`,
    kind: "caption",
    batch: 1,
  },
  {
    ...base,
    key: "base-caption-8",
    title: `base, captions of ${CAPTION_LENGTH} tokens, greedy, batch 8`,
    kind: "caption",
    batch: 8,
  },
];

/** What both sides of a comparison are given besides weights and batch. */
export const SETTINGS = { learningRate: 1e-4, clipNorm: 1, start: 0, end: 1 } as const;

/** A piece of work and how long it took. */
export interface Measurement {
  readonly work: string;
  readonly oursMs: number;
  /** What it was compared with, or why with nothing. */
  readonly peer: string;
  readonly peerMs: number | null;
  /** Peer time / our time. */
  readonly ratio: number | null;
}

export function compare(work: string, ours: readonly number[], peer: string, theirs: readonly number[]): Measurement {
  const oursMs = median(ours);
  const peerMs = theirs.length > 0 ? median(theirs) : null;
  return { work, oursMs, peer, peerMs, ratio: peerMs === null ? null : peerMs / oursMs };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
