import type { ResamplingOptions } from "@simvlm/metrics";
import type { Curve } from "../../attention/faithfulness/curves.js";
import type { FaithfulnessVerdict, MapVerdict, TrialMeasure } from "../../attention/faithfulness/summary.js";
import {
  countWords,
  judge,
  listMeasured,
  MAP_TITLES,
  MEASURE_HEADS,
  nameOf,
} from "../../terminal/faithfulness-table.js";
import { formatCount, formatPercent } from "../../terminal/numbers.js";
import { type Figure, type Panel, type Series, styleOf } from "../plots/figure.js";
import { plotView } from "../plots/plot-view.js";
import { stackViews } from "../stack.js";
import { tableView } from "../tables/table-view.js";
import type { View } from "../view.js";

const HEIGHT = 230;

/** The mean curves of all maps: a deletion curve should fall early, an insertion curve rise early. */
export function curvesFigure({ maps, pictures }: FaithfulnessVerdict): Figure {
  const seriesOf = (of: (verdict: MapVerdict) => Curve): Series[] =>
    maps.map((verdict, place) => {
      const { probability, shares: x } = of(verdict);
      const name = MAP_TITLES[verdict.map];
      const labels = probability.map(
        (p, step) => `${name}, ${formatPercent(x[step]!)} of the patches: ${p.toFixed(4)}`,
      );
      return { name, style: styleOf(place), draw: "curve", x, y: probability, labels };
    });
  const panel = (title: string, x: string, of: (verdict: MapVerdict) => Curve): Panel => ({
    height: HEIGHT,
    x: { title: x },
    y: { title, include: [0] },
    series: seriesOf(of),
  });
  const whose = pictures === 1 ? "this picture" : `${formatCount(pictures)} pictures`;
  return {
    title: `Probability of the words while patches are blurred, then revealed: ${whose}`,
    panels: [
      panel("deletion", "share of the patches changed", ({ deletion }) => deletion),
      panel("insertion", "share of the patches changed", ({ insertion }) => insertion),
    ],
  };
}

/** How faithful maps are: their curves, and all measures in a table. */
export async function faithfulnessView(
  verdict: FaithfulnessVerdict,
  { confidence = 0.95 }: ResamplingOptions = {},
): Promise<View> {
  const measures = listMeasured(verdict);
  const rows = verdict.maps.map(({ map, measures: found }) => {
    const cells = measures.flatMap((measure) => toCells(measure, found[measure]));
    return Object.fromEntries([["map", MAP_TITLES[map]], ...cells]);
  });
  const { words, named, pictures } = verdict;
  const counted = `${countWords(words)}${named > 0 ? `, ${formatCount(named)} of which ${nameOf(named)} a thing` : ""}.`;
  const intervals =
    pictures > 1
      ? ` In brackets ${formatPercent(confidence)} intervals over ${formatCount(pictures)} pictures; + is certainly better than random maps, − certainly worse.`
      : " One picture says little: intervals need a set.";
  const table = await tableView(rows, { title: "Faithfulness of maps", note: `${counted}${intervals}` });
  return stackViews([await plotView(curvesFigure(verdict)), table]);
}

function toCells(measure: TrialMeasure, found: MapVerdict["measures"][TrialMeasure]): [string, string][] {
  const head = MEASURE_HEADS[measure];
  if (!found) return [[head, ""]];
  const score = found.score.toFixed(3);
  if (found.pictures === 1) return [[head, score]];
  const verdict = judge(measure, found);
  const sign = verdict === undefined ? "" : verdict === "better" ? " +" : " −";
  return [[head, `${score}${sign} [${found.low.toFixed(3)}, ${found.high.toFixed(3)}]`]];
}
