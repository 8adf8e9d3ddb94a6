import type { ComparedData, RunComparison } from "./comparison.js";
import { nameFactScore } from "./fact-names.js";

/** How a model of the curve was made. */
export type Supervision = "zero-shot" | "fine-tuned" | "scratch";

/** A run of the curve. */
export interface LabelledRun {
  /** Its label in the comparison. */
  readonly run: string;
  readonly supervision: Supervision;
  /** Labelled examples it was trained on; 0 for zero-shot. */
  readonly labels: number;
  /** Steps it was trained for on them. */
  readonly steps: number;
}

/** How all models of a curve were trained on their labels. */
export interface LabelCurveTraining {
  readonly batch: number;
  readonly learningRate: number;
  /** The learning rate of models without pretraining. */
  readonly scratchLearningRate: number;
  readonly dropout: number;
  readonly stochasticDepth: number;
  readonly seed: number;
}

/** One score of one run, with its bootstrap interval. */
export interface LabelCurvePoint extends LabelledRun {
  readonly score: string;
  readonly subset: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Where training on labels comes to do better than zero-shot. */
export interface Crossing {
  readonly supervision: Exclude<Supervision, "zero-shot">;
  readonly score: string;
  /** The last count that is not above zero-shot and the first that is; null: there is none such. */
  readonly after: number | null;
  readonly before: number | null;
  /** Where the line between the two, over the logarithm of the count, meets zero-shot; null without two. */
  readonly labels: number | null;
}

/** What labels are worth beside none: scores over the number of labelled examples; JSON. */
export interface LabelCurve {
  readonly format: 1;
  readonly data: ComparedData;
  readonly training: LabelCurveTraining;
  readonly points: readonly LabelCurvePoint[];
  /** On all examples. */
  readonly crossings: readonly Crossing[];
  readonly signatures: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

const SUPERVISIONS = ["fine-tuned", "scratch"] as const;

/**
 * The scores of compared runs over their number of labels.
 * @param runs of the comparison, each with what it was trained on; one of them zero-shot
 */
export function drawLabelCurve(
  comparison: RunComparison,
  runs: readonly LabelledRun[],
  training: LabelCurveTraining,
): LabelCurve {
  const { data, signatures, notes } = comparison;
  const rows = [...comparison.scores, ...nameFacts(comparison)];
  const points = runs.flatMap((labelled) =>
    rows
      .filter(({ run }) => run === labelled.run)
      .map(
        ({ score, subset, value, low, high }): LabelCurvePoint => ({ ...labelled, score, subset, value, low, high }),
      ),
  );
  const overall = points.filter(({ subset }) => subset === "all");
  const scores = new Set(overall.map(({ score }) => score));
  const crossings = [...scores].flatMap((score) => {
    const own = overall.filter((point) => point.score === score);
    const level = own.find(({ supervision }) => supervision === "zero-shot")!.value;
    return SUPERVISIONS.map((supervision) => ({
      ...{ supervision, score },
      ...findCrossing(
        own.filter((point) => point.supervision === supervision),
        level,
      ),
    }));
  });
  return { format: 1, data, training, points, crossings, signatures, notes };
}

function nameFacts({ facts }: RunComparison) {
  return (facts?.scores ?? [])
    .filter(({ score }) => score === "F1" || score === "exact")
    .map(({ fact, score, ...row }) => ({ ...row, score: nameFactScore({ fact, score }) }));
}

/** Where values over counts rise above a level, for good: what falls below it again later has not crossed it yet. */
export function findCrossing(
  points: readonly { readonly labels: number; readonly value: number }[],
  level: number,
): Pick<Crossing, "after" | "before" | "labels"> {
  const sorted = points.toSorted((a, b) => a.labels - b.labels);
  const last = sorted.findLastIndex(({ value }) => value <= level);
  const [below, above] = [sorted[last], sorted[last + 1]];
  if (!below || !above) return { after: below?.labels ?? null, before: above?.labels ?? null, labels: null };
  const part = (level - below.value) / (above.value - below.value);
  const labels = Math.round(below.labels * (above.labels / below.labels) ** part);
  return { after: below.labels, before: above.labels, labels };
}
