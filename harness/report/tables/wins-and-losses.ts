import type { ComparedExample, RunComparison, WinsAndLosses } from "../../compare/comparison.js";
import { unique } from "../../compare/subsets.js";
import { formatCount } from "../../terminal/numbers.js";
import type { View } from "../view.js";
import type { Row } from "./columns.js";
import type { Column } from "./table-data.js";
import { type TableOptions, tableView } from "./table-view.js";
import { loadThumbnails, type ThumbnailOptions } from "./thumbnails.js";

/** Which pictures the table has, and how much of it is shown at once. */
export interface WinsAndLossesOptions extends Pick<TableOptions, "staticRows" | "height"> {
  /** Small pictures by their names in the comparison, as {@link comparisonThumbnails} returns them; default none. */
  readonly thumbnails?: ReadonlyMap<string, string>;
}

/** The examples on which each run does better or worse than the first, the largest differences first. */
export async function winsAndLossesView(
  comparison: RunComparison,
  { thumbnails = new Map(), ...options }: WinsAndLossesOptions = {},
): Promise<View> {
  const pairs = comparison.winsAndLosses;
  const rows = pairs.flatMap((pair) => [
    ...pair.wins.map((example) => rowOf(example, "win", pair, thumbnails)),
    ...pair.losses.map((example) => rowOf(example, "loss", pair, thumbnails)),
  ]);
  return tableView(rows, {
    ...options,
    title: "Wins and losses",
    note: pairs.map(countPair).join(" "),
    columns: columnsOf(comparison).filter(({ key }) => rows.some((row) => row[key] !== undefined)),
  });
}

function countPair({ run, against, score, counts, wins, losses }: WinsAndLosses): string {
  const shown = wins.length + losses.length;
  const all = [counts.wins, counts.losses, counts.ties].map(formatCount);
  const examples = counts.wins === 1 ? "example" : "examples";
  return `${run} against ${against}, by ${score}: better on ${all[0]} ${examples}, worse on ${all[1]}, equal on ${all[2]}; ${formatCount(shown)} are shown.`;
}

function columnsOf({ runs, winsAndLosses }: RunComparison): Column[] {
  const others = unique(winsAndLosses.map(({ run }) => run));
  const first = runs[0]?.label ?? "first run";
  const score = winsAndLosses[0]?.score ?? "score";
  return [
    { key: "pictures", title: "picture", kind: "picture" },
    { key: "outcome", kind: "category", hint: `The run compared with ${first}` },
    ...(others.length > 1 ? [{ key: "run", kind: "category" } as const] : []),
    { key: "subset", title: "group", kind: "category" },
    { key: "difference", kind: "number", signed: true, hint: `${score} of the run minus that of ${first}` },
    { key: "asked", kind: "text" },
    { key: "prediction", title: others.length === 1 ? others[0]! : "the run says", kind: "text" },
    { key: "againstPrediction", title: first, kind: "text" },
    { key: "reference", kind: "text" },
    { key: "value", title: `${score} of the run`, kind: "number" },
    { key: "againstValue", title: `${score} of ${first}`, kind: "number" },
    { key: "id", kind: "text" },
  ];
}

function rowOf(
  { images, ...example }: ComparedExample,
  outcome: "win" | "loss",
  { run }: WinsAndLosses,
  thumbnails: ReadonlyMap<string, string>,
): Row {
  const pictures = images.flatMap((name) => thumbnails.get(name) ?? []);
  return { ...example, outcome, run, ...(pictures.length > 0 && { pictures }) };
}

/**
 * Thumbnails of all pictures among a comparison's wins and losses, by their names; pictures that are not there are left
 * out.
 * @param options `folder` is where the data are; default where the comparison found them
 * @throws SimvlmError what {@link decodeImage} throws
 */
export function comparisonThumbnails(
  { winsAndLosses, data }: RunComparison,
  { folder = data.folder, ...options }: ThumbnailOptions & { readonly folder?: string } = {},
): Promise<Map<string, string>> {
  const examples = winsAndLosses.flatMap(({ wins, losses }) => [...wins, ...losses]);
  return loadThumbnails(
    folder,
    examples.flatMap(({ images }) => images),
    options,
  );
}
