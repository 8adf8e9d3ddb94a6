import type { RunComparison, SlicedBy } from "../../compare/comparison.js";
import { unique } from "../../compare/subsets.js";
import { FEWEST_EXAMPLES } from "../../tasks/uncertainty.js";
import { formatCount } from "../../terminal/numbers.js";
import { ARRANGEMENT, type Arrangement, arrangeScores } from "../arrangement.js";
import { slicesPlot } from "../plots/slices-plot.js";
import { stackViews } from "../stack.js";
import type { View } from "../view.js";
import type { Row } from "./columns.js";
import { differencesView } from "./differences.js";
import { columnsOfScores, RUN, SLICE, SLICING } from "./score-columns.js";
import { tableView } from "./table-view.js";
import { SLICES } from "./titles.js";

/** A plot of more slices cannot be read; the tables have all. */
const MOST_PLOTTED = 16;

/**
 * Slices of the examples: a plot for each slicing, of the main score's differences from the first run (of one run alone,
 * of its scores), and tables of every score and every difference.
 * @param comparison with slices
 */
export async function slicesView(comparison: RunComparison, arrangement: Arrangement = ARRANGEMENT): Promise<View> {
  const { by = [], scores = [], differences = [] } = comparison.slices ?? {};
  const [main] = arrangeScores(unique(scores.map(({ score }) => score)), comparison.task, arrangement);
  const plotted = by.filter(({ slices }) => slices.length <= MOST_PLOTTED);
  return stackViews(
    await Promise.all([
      ...plotted.map(({ slicing }) => slicesPlot(comparison, { slicing, score: main! })),
      scoresOfSlices(comparison, arrangement),
      ...(differences.length > 0 ? [differencesView(comparison, arrangement, differences)] : []),
    ]),
  );
}

function scoresOfSlices(comparison: RunComparison, arrangement: Arrangement): Promise<View> {
  const { runs } = comparison;
  const { by, scores } = comparison.slices!;
  const rows = by.flatMap(({ slicing, slices }) =>
    slices.flatMap(({ name, examples }) =>
      runs.map(({ label }): Row => {
        const own = scores.filter((row) => row.slicing === slicing && row.subset === name && row.run === label);
        const cells = own.map(({ score, value, low, high }) => [score, { value, low, high }]);
        const mark = examples < FEWEST_EXAMPLES ? ", too few" : "";
        return { slicing, group: name, run: label, ...Object.fromEntries(cells), examples: { value: examples, mark } };
      }),
    ),
  );
  const columns = columnsOfScores(comparison, scores, arrangement);
  return tableView(rows, {
    title: SLICES,
    note: by.map(describeSlicing).join("\n"),
    columns: [SLICING, SLICE, RUN, ...columns, { key: "examples", kind: "figure", decimals: 0 }],
  });
}

function describeSlicing({ slicing, about, without }: SlicedBy): string {
  return `${slicing}: ${about}.${without > 0 ? ` In none of its slices: ${formatCount(without)} examples.` : ""}`;
}
