import type { ResamplingOptions } from "@simvlm/metrics";
import {
  type FaithfulnessVerdict,
  type MapVerdict,
  type MeasuredMap,
  TRIAL_MEASURES,
  type TrialMeasure,
} from "../attention/faithfulness/summary.js";
import { FEWEST_EXAMPLES } from "../tasks/uncertainty.js";
import { formatCount, formatPercent, formatScore } from "./numbers.js";
import type { Block, Table } from "./tables.js";

/** What measures are called, with the direction in which a map is better. */
export const MEASURE_HEADS: Readonly<Record<TrialMeasure, string>> = {
  deletion: "deletion AUC ↓",
  insertion: "insertion AUC ↑",
  correlation: "knockout ρ ↑",
  drop: "top drop ↑",
  pointing: "pointing ↑",
  energy: "energy ↑",
};

/** What maps are called. */
export const MAP_TITLES: Readonly<Record<MapVerdict["map"], string>> = {
  mean: "mean",
  max: "max",
  rollout: "rollout",
  gradient: "gradient × attention",
  activation: "activation",
  random: "random",
};

/** The measures of which anything is known. */
export function listMeasured({ maps }: FaithfulnessVerdict): TrialMeasure[] {
  return TRIAL_MEASURES.filter((measure) => maps.some(({ measures }) => measures[measure]));
}

/** Whether a map is certainly better than chance, or certainly worse: the interval of the difference leaves out 0. */
export function judge(measure: TrialMeasure, { difference, pictures }: MeasuredMap): "better" | "worse" | undefined {
  if (pictures < FEWEST_EXAMPLES) return undefined;
  if (!difference || (difference.low <= 0 && difference.high >= 0)) return undefined;
  return difference.low > 0 === (measure !== "deletion") ? "better" : "worse";
}

/** `1 word`, `2 words` */
export function countWords(words: number): string {
  return `${formatCount(words)} word${words === 1 ? "" : "s"}`;
}

/** `1 of them names`, `2 of them name` */
export const nameOf = (named: number): string => (named === 1 ? "names" : "name");

/** How faithful maps are, one a row; of a single picture without intervals. */
export function faithfulnessBlocks(
  verdict: FaithfulnessVerdict,
  { confidence = 0.95 }: ResamplingOptions = {},
): Block[] {
  const { maps, pictures, words, named } = verdict;
  const measures = listMeasured(verdict);
  const isSet = pictures > 1;
  const cell = (measure: TrialMeasure, found: MeasuredMap | undefined): string => {
    if (!found) return "";
    const sign = isSet ? ({ better: "+", worse: "−" } as const)[judge(measure, found) ?? "better"] : "";
    const isCertain = isSet && judge(measure, found) !== undefined;
    return formatScore(found.score, found.pictures > 1 ? found : undefined).replace(
      /^\S+/,
      (score) => score + (isCertain ? sign : ""),
    );
  };
  const said = [countWords(words), ...(named > 0 ? [`${formatCount(named)} of them ${nameOf(named)} a thing`] : [])];
  const table: Table = {
    title: `Faithfulness of maps: ${formatCount(pictures)} picture${pictures === 1 ? "" : "s"}, ${said.join(", ")}`,
    head: ["map", ...measures.map((measure) => MEASURE_HEADS[measure])],
    rows: maps.map(({ map, measures: found }) => [
      MAP_TITLES[map],
      ...measures.map((measure) => cell(measure, found[measure])),
    ]),
    rules: isSet ? "all" : "none",
    remarks: isSet
      ? [`Intervals: ${formatPercent(confidence)}, pictures resampled. + better, − worse than random maps (paired).`]
      : ["One picture says little: a set of them (--data) gives intervals."],
  };
  return [table];
}
