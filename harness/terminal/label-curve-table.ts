import { type Crossing, EXACT_CAPTIONS, type LabelCurve, type LabelCurvePoint } from "../compare/draw-label-curve.js";
import { unique } from "../compare/subsets.js";
import { formatCount, formatScore } from "./numbers.js";
import { createTable } from "./tables.js";

const SHOWN = ["CIDEr", "things (F1)", "colors (F1)", EXACT_CAPTIONS];

/** One row per model, with its scores on all examples and their intervals; below, from how many labels on it overtakes zero-shot. */
export function formatLabelCurve({ points, crossings, data }: LabelCurve): string {
  const overall = points.filter(({ subset, score }) => subset === "all" && SHOWN.includes(score));
  const scores = SHOWN.filter((name) => overall.some(({ score }) => score === name));
  const table = createTable(["", "labelled pictures", ...scores], { rules: false });
  for (const run of unique(overall.map(({ run }) => run))) {
    const own = overall.filter((point) => point.run === run);
    table.push([own[0]!.supervision, formatCount(own[0]!.labels), ...scores.map((score) => formatPoints(own, score))]);
  }
  const lines = crossings.filter(({ score }) => scores.includes(score)).map(describeCrossing);
  return [`${formatCount(data.examples)} test pictures`, table.toString(), ...lines].join("\n");
}

function formatPoints(points: readonly LabelCurvePoint[], name: string): string {
  const point = points.find(({ score }) => score === name)!;
  return formatScore(point.value, point);
}

function describeCrossing({ supervision, score, after, before, labels }: Crossing): string {
  const subject = `${score}: ${supervision}`;
  if (before === null)
    return `${subject} does not overtake zero-shot, even with ${formatCount(after!)} labelled pictures`;
  if (after === null) return `${subject} is already above zero-shot with ${formatCount(before)} labelled pictures`;
  const between = `between ${formatCount(after)} and ${formatCount(before)}`;
  return `${subject} overtakes zero-shot ${between} labelled pictures, at about ${formatCount(labels!)}`;
}
