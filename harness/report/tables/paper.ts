import { listDecimals, listRemarks } from "../../compare/beside-paper.js";
import type { RunComparison } from "../../compare/comparison.js";
import type { PaperFigure, PaperSide } from "../../compare/paper-table.js";
import { stackViews } from "../stack.js";
import type { View } from "../view.js";
import type { FigureCell, Row } from "./columns.js";
import { tableView } from "./table-view.js";

/** The paper's tables for the comparison's task, the runs first; below them stands what the marks mean. */
export async function paperView({ paper }: RunComparison): Promise<View> {
  return stackViews(await Promise.all(paper.map(sideView)));
}

function sideView(side: PaperSide): Promise<View> {
  const { title, columns, rows, ours } = side;
  const decimals = listDecimals(side);
  const cellsOf = (figures: readonly (FigureCell | undefined)[]) =>
    Object.fromEntries(columns.map(({ name }, i) => [name, figures[i]]));
  return tableView(
    [
      ...ours.map(({ run, values }): Row => {
        const figures = values.map((value) => (value === null ? undefined : { value, mark: "" }));
        return { whose: "run", model: run, ...cellsOf(figures) };
      }),
      ...rows.map(({ model, figures }): Row => ({ whose: "the paper's", model, ...cellsOf(figures.map(markFigure)) })),
    ],
    {
      title: `The paper: ${title}`,
      note: listRemarks(side).join(" "),
      staticRows: ours.length + rows.length,
      columns: [
        { key: "whose", kind: "category" },
        { key: "model", kind: "text" },
        ...columns.map(({ name, metric, measuredOn }, i) => {
          return { key: name, kind: "figure", decimals: decimals[i]!, hint: `${metric} on ${measuredOn}` } as const;
        }),
      ],
    },
  );
}

function markFigure(figure: PaperFigure | null): FigureCell | undefined {
  if (figure === null) return undefined;
  const { value, unverified, measuredOn } = figure;
  return { value, mark: `${measuredOn === undefined ? "" : "*"}${unverified ? " [u]" : ""}` };
}
