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

/** PyTorch in float32 as it is and through torch.compile, and in bfloat16, which is another arithmetic. */
export const VARIANTS = ["eager", "compiled", "bfloat16"] as const;
export type Variant = (typeof VARIANTS)[number];

/** What one side took in all rounds, in milliseconds, and the peak of its process so far. */
export interface Figures {
  readonly ms: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
  readonly megabytes?: number;
}

/** A piece of work and how long it took. */
export interface Measurement {
  readonly work: string;
  readonly ours: Figures;
  /** What it was compared with, or why with nothing. */
  readonly peer: string;
  /** Each variant that was measured. */
  readonly peers: Partial<Readonly<Record<Variant | "wasm", Figures>>>;
  /** The fastest peer in float32. */
  readonly best?: Figures;
  /** Its time / ours. */
  readonly ratio?: number;
}

export function compare(work: string, ours: Figures, peer: string, peers: Measurement["peers"]): Measurement {
  const exact = Object.entries(peers).flatMap(([name, figures]) =>
    name === "bfloat16" ? [] : [[name, figures] as const],
  );
  const [fastest] = exact.sort(([, a], [, b]) => a.ms - b.ms);
  if (!fastest) return { work, ours, peer, peers };
  const [name, best] = fastest;
  return { work, ours, peer: `${peer}, ${name}`, peers, best, ratio: best.ms / ours.ms };
}

/** @param times of all rounds, at least one */
export function figuresOf(times: readonly number[], megabytes: number | undefined): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const ms = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  return { ms, low, high, rounds: sorted.length, ...(megabytes !== undefined && { megabytes }) };
}
