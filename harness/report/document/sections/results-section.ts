import type { Arrangement } from "../../arrangement.js";
import { scoresView, tableView, winsAndLossesView } from "../../tables/index.js";
import type { View } from "../../view.js";
import type { ReportData } from "../data.js";

/** All scores. */
export function showScores({ comparison }: ReportData, arrangement: Arrangement): Promise<View> {
  return scoresView(comparison, arrangement);
}

/** Where runs differ most. */
export function showWinsAndLosses({ comparison, pictures }: ReportData): Promise<View> {
  return winsAndLossesView(comparison, { thumbnails: new Map(Object.entries(pictures)) });
}

/** Of one run alone: what it does best and worst on. */
export function showExtremes({ extremes, pictures, examples }: ReportData): Promise<View> {
  const rows = extremes.map(({ images, ...example }) => {
    const found = images.flatMap((image) => (Object.hasOwn(pictures, image) ? pictures[image]! : []));
    return { ...example, ...(found.length > 0 && { pictures: found }) };
  });
  const columns = [
    { key: "pictures", title: "picture", kind: "picture" },
    { key: "value", title: examples?.score ?? "score", kind: "number" },
    { key: "asked", kind: "text" },
    { key: "prediction", kind: "text" },
    { key: "reference", kind: "text" },
    { key: "id", kind: "text" },
  ] as const;
  return tableView(rows, { columns: columns.filter(({ key }) => rows.some((row) => key in row)) });
}

/** Completions that are not those of the first run. */
export function showChanges({ comparison: { changes = [] } }: ReportData): Promise<View> {
  const rows = changes.map(({ run, against, differing, examples, share: value, low, high }) => {
    return { completions: run, "compared with": against, differ: differing, of: examples, share: { value, low, high } };
  });
  return tableView(rows);
}
