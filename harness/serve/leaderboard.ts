import type { KnownRun, MainScore } from "./run-entry.js";
import type { ServedRun } from "./run-index.js";

/** What runs are chosen by: each value that is given must be theirs. */
export const FILTERS = ["task", "data", "split", "metric", "supervision"] as const;
/** One of {@link FILTERS}. */
export type Filter = (typeof FILTERS)[number];

/** What the rows of a table can be ordered by. */
export const ORDERS = ["score", "run", "model", "made"] as const;
/** One of {@link ORDERS}. */
export type Order = (typeof ORDERS)[number];

/** What a reader asks for. */
export interface Choice {
  readonly filters: Readonly<Partial<Record<Filter, string>>>;
  /** Words that must stand in a run's name, label or source. */
  readonly words: string;
  readonly order: Order;
  /** Whether it is the other way round than usual: scores from low to high. */
  readonly isReversed: boolean;
}

/** A run with a score. */
export interface ScoredRow {
  readonly served: ServedRun;
  readonly run: KnownRun;
  readonly score: MainScore;
  /** Its place among all that can be ranked with it, shown or not, from 1; equal scores have the same. */
  readonly rank: number;
}

/** Runs whose scores can be ranked together: the same examples of the same data, scored in the same way. */
export interface Board {
  /** The same for the same kind of runs. */
  readonly key: string;
  readonly task: string;
  readonly data: string;
  readonly split: string;
  readonly dataKey: string;
  readonly score: string;
  readonly signature: string;
  readonly rows: readonly ScoredRow[];
}

/** A filter's value, and how many of the runs have it. */
export type FilterValue = readonly [value: string, count: number];

/** The runs as a reader wants to see them. */
export interface Leaderboard {
  /** The one with the latest run first. */
  readonly boards: readonly Board[];
  /** Runs that are not finished. */
  readonly unfinished: readonly ServedRun[];
  /** Runs that are finished and have no score, for want of references. */
  readonly unscored: readonly ServedRun[];
  readonly damaged: readonly ServedRun[];
  /** Of all runs that are served. */
  readonly values: Readonly<Record<Filter, readonly FilterValue[]>>;
  /** How many runs there are, and how many of them are shown. */
  readonly total: number;
  readonly shown: number;
}

/** Sorts runs into tables of what can be ranked together, and picks those that a reader asks for. */
export function arrangeRuns(runs: readonly ServedRun[], choice: Choice): Leaderboard {
  const chosen = runs.filter((run) => isChosen(run, choice));
  const shown = new Set(chosen.map(({ id }) => id));
  const inState = (state: ServedRun["entry"]["state"]) => chosen.filter(({ entry }) => entry.state === state);
  const finished = inState("finished");
  return {
    boards: boardsOf(runs).flatMap((board) => {
      const rows = board.rows.filter(({ served }) => shown.has(served.id));
      return rows.length > 0 ? [{ ...board, rows: orderRows(rows, choice) }] : [];
    }),
    unfinished: inState("unfinished"),
    unscored: finished.filter(({ entry }) => entry.state === "finished" && entry.score === undefined),
    damaged: inState("damaged"),
    values: {
      task: countValues(runs, "task"),
      data: countValues(runs, "data"),
      split: countValues(runs, "split"),
      metric: countValues(runs, "metric"),
      supervision: countValues(runs, "supervision"),
    },
    total: runs.length,
    shown: chosen.length,
  };
}

function readFilter({ entry }: ServedRun, filter: Filter): string | undefined {
  if (entry.state === "damaged") return undefined;
  if (filter !== "metric") return entry.run[filter];
  return entry.state === "finished" ? entry.score?.signature : undefined;
}

function isChosen(served: ServedRun, { filters, words }: Choice): boolean {
  if (FILTERS.some((name) => filters[name] !== undefined && readFilter(served, name) !== filters[name])) return false;
  const { entry, name } = served;
  const text = [name, ...(entry.state === "damaged" ? [] : [entry.run.label, entry.run.source, entry.run.model])];
  const lower = text.join("\n").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

function countValues(runs: readonly ServedRun[], filter: Filter): FilterValue[] {
  const counts = new Map<string, number>();
  for (const run of runs) {
    const value = readFilter(run, filter);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

type Unranked = Omit<ScoredRow, "rank">;

function boardsOf(runs: readonly ServedRun[]): Board[] {
  const groups = new Map<string, Unranked[]>();
  for (const served of runs) {
    const { entry } = served;
    if (entry.state !== "finished" || entry.score === undefined) continue;
    const { run, score } = entry;
    const key = JSON.stringify([run.task, run.dataKey, run.split, score.name, score.signature]);
    groups.set(key, [...(groups.get(key) ?? []), { served, run, score }]);
  }
  const boards = [...groups].map(([key, rows]): Board => {
    const [{ run, score }] = rows as [Unranked];
    const { task, data, split, dataKey } = run;
    const place = { task, data, split, dataKey, score: score.name, signature: score.signature };
    return { key, ...place, rows: rankRows(rows) };
  });
  return boards.sort((a, b) => (latest(a) > latest(b) ? -1 : 1));
}

function latest({ rows }: Board): string {
  return rows.reduce((last, { run }) => (run.created > last ? run.created : last), "");
}

function rankRows(rows: readonly Unranked[]): ScoredRow[] {
  return rows.map((row) => ({ ...row, rank: 1 + rows.filter(({ score }) => score.value > row.score.value).length }));
}

const KEYS: Readonly<Record<Order, (row: ScoredRow) => string | number>> = {
  score: ({ score }) => -score.value,
  run: ({ run, served }) => `${run.label}\n${served.name}`,
  model: ({ run }) => run.model,
  made: ({ run }) => -Date.parse(run.created),
};

/** Ties as the names of the folders have them. */
function orderRows(rows: readonly ScoredRow[], { order, isReversed }: Choice): ScoredRow[] {
  const keyOf = KEYS[order];
  const sign = isReversed ? -1 : 1;
  const compare = (a: string | number, b: string | number) => (a === b ? 0 : a < b ? -sign : sign);
  return [...rows].sort((a, b) => compare(keyOf(a), keyOf(b)));
}

/** What a table is called: with the data's hash where another one is of data of the same name. */
export function nameBoard({ task, data, split, score, dataKey }: Board, boards: readonly Board[]): string {
  const isAmbiguous = boards.some(
    (other) => other.dataKey !== dataKey && other.task === task && other.data === data && other.split === split,
  );
  return `${task} · ${data}, ${split}${isAmbiguous ? ` (${dataKey})` : ""} · ${score}`;
}
