import type { View } from "../view.js";
import { type Figure, type Series, styleOf, type Tick } from "./figure.js";
import { plotView } from "./plot-view.js";

/** A score at a time. */
export interface DatedScore {
  /** Whose it is: the points of one system are joined. */
  readonly name: string;
  /** ISO 8601. */
  readonly date: string;
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** What is shown for the point when one points at it. */
  readonly label: string;
}

/** What the plot is of. */
export interface ScoreHistoryOptions {
  readonly title: string;
  /** What the score is called. */
  readonly score: string;
}

/** Scores over time: a line for each system through its scores, with their intervals. */
export function scoreHistoryView(scores: readonly DatedScore[], options: ScoreHistoryOptions): Promise<View> {
  return plotView(scoreHistoryFigure(scores, options));
}

/** {@link scoreHistoryView} as data. */
export function scoreHistoryFigure(scores: readonly DatedScore[], { title, score }: ScoreHistoryOptions): Figure {
  const ordered = [...scores].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
  const names = [...new Set(ordered.map(({ name }) => name))];
  const series = names.map((name, place) => seriesOf(name, place, ordered));
  const times = ordered.map(({ date }) => Date.parse(date));
  const ticks = dateTicks(times[0] ?? 0, times.at(-1) ?? 0);
  return { title, panels: [{ height: 260, x: { title: "date (UTC)", ticks }, y: { title: score }, series }] };
}

function seriesOf(name: string, place: number, ordered: readonly DatedScore[]): Series {
  const own = ordered.filter((each) => each.name === name);
  return {
    name,
    style: styleOf(place),
    draw: "curve",
    x: own.map(({ date }) => Date.parse(date)),
    y: own.map(({ value }) => value),
    low: own.map(({ low, value }) => low ?? value),
    high: own.map(({ high, value }) => high ?? value),
    labels: own.map(({ label }) => label),
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MOST_TICKS = 6;
/** In milliseconds; what is longer goes by whole years. */
const STEPS = [1, 5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * MINUTE);
const DAYS = [1, 2, 7, 14, 30, 91, 182, 365].map((days) => days * DAY);

/** A few round times from the first to the last: by the minute, the hour or the day. */
export function dateTicks(first: number, last: number): Tick[] {
  const span = Math.max(last - first, MINUTE);
  const step =
    [...STEPS, ...DAYS].find((each) => span / each <= MOST_TICKS) ??
    365 * DAY * Math.ceil(span / (MOST_TICKS * 365 * DAY));
  const ticks: Tick[] = [];
  for (let at = Math.ceil(first / step) * step; at <= last; at += step) ticks.push({ at, label: labelOf(at, step) });
  return ticks.length > 0 ? ticks : [{ at: first, label: labelOf(first, MINUTE) }];
}

function labelOf(time: number, step: number): string {
  const text = new Date(time).toISOString();
  return step >= DAY ? text.slice(0, 10) : text.slice(5, 16).replace("T", " ");
}
