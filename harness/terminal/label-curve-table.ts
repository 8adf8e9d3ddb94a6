import type { Crossing, LabelCurve, LabelCurvePoint } from "../compare/draw-label-curve.js";
import { EXACT_CAPTIONS } from "../compare/fact-names.js";
import { unique } from "../compare/subsets.js";
import { drawTable } from "./draw-table.js";
import { formatCount, formatScore } from "./numbers.js";

const SHOWN = ["CIDEr", "things (F1)", "colors (F1)", EXACT_CAPTIONS];

/** One row per model, with its scores on all examples and their intervals; below, from how many labels on it overtakes zero-shot. */
export function formatLabelCurve({ points, crossings, data }: LabelCurve, width?: number): string {
  const overall = points.filter(({ subset, score }) => subset === "all" && SHOWN.includes(score));
  const scores = SHOWN.filter((name) => overall.some(({ score }) => score === name));
  const rows = unique(overall.map(({ run }) => run)).map((run) => {
    const own = overall.filter((point) => point.run === run);
    return [own[0]!.supervision, formatCount(own[0]!.labels), ...scores.map((score) => formatPoints(own, score))];
  });
  const title = `${formatCount(data.examples)} test pictures`;
  const remarks = crossings.filter(({ score }) => scores.includes(score)).map(describeCrossing);
  return drawTable({ title, head: ["", "labelled pictures", ...scores], rows, rules: "none", remarks }, width);
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
