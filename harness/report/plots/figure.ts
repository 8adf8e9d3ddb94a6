/** A plot as data: the page's library and the picture at rest are drawn from the same figure. */
export interface Figure {
  readonly title: string;
  /** One below the other; the x axis of the last serves all. */
  readonly panels: readonly Panel[];
}

/** One of a figure's plots: two axes and what is drawn between them. */
export interface Panel {
  /** Height in pixels. */
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly rules?: readonly Rule[];
}

/** One axis of a panel; linear unless said otherwise. */
export interface Axis {
  readonly title: string;
  readonly scale?: "linear" | "log";
  /** Where it is marked. Default: at round numbers. */
  readonly ticks?: readonly Tick[];
  /** Values that the axis reaches in any case, such as 0. */
  readonly include?: readonly number[];
}

/** A mark on an axis: the value it stands at, and the text beside it. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** How a series is drawn: a line, points with whiskers, points joined by a line, or stairs over an area. */
export type Drawing = "line" | "points" | "curve" | "steps" | "area";

/** Points that belong together, and how they are drawn. All lists have as many entries as `x`. */
export interface Series {
  /** The entry in the legend; series of the same name share one. */
  readonly name: string;
  readonly style: Style;
  readonly draw: Drawing;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** The lower ends of the whiskers. */
  readonly low?: readonly number[];
  /** The upper ends of the whiskers. */
  readonly high?: readonly number[];
  /** What is shown for a point when one points at it; default its numbers. */
  readonly labels?: readonly string[];
  /** Drawn pale and left out of the legend: the values that a smoothed line was made from. */
  readonly pale?: boolean;
}

/** A line across the panel at one value of an axis, within a band if `low` and `high` are given. */
export interface Rule {
  readonly axis: "x" | "y";
  readonly at: number;
  readonly low?: number;
  readonly high?: number;
  readonly style: Style;
  readonly label?: string;
}

/** What tells a series from the others: a CSS colour and the shape of its points. {@link styleOf} gives one. */
export interface Style {
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** Okabe and Ito's, which differ with any kind of colour vision; their yellow is too light for lines on white. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1b1b1f"] as const;
const SYMBOLS = ["circle", "square", "diamond", "triangle-up"] as const;

/** The style of the run or series at this place, counted from 0: told apart by shape as well as by colour. */
export function styleOf(place: number): Style {
  return { colour: COLOURS[place % COLOURS.length]!, symbol: SYMBOLS[place % SYMBOLS.length]! };
}

/** The style of examples on which a run does better than the one it is compared with. */
export const WIN = styleOf(0);
/** The style of examples on which it does worse. */
export const LOSS = styleOf(1);
