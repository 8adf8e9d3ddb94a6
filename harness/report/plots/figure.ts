/** A plot, as data: the page's library and the picture at rest are drawn from the same. */
export interface Figure {
  readonly title: string;
  /** One below the other, with the x axis of the last. */
  readonly panels: readonly Panel[];
}

export interface Panel {
  /** Height in pixels. */
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly rules?: readonly Rule[];
}

export interface Axis {
  readonly title: string;
  readonly scale?: "linear" | "log";
  /** Default: round numbers. */
  readonly ticks?: readonly Tick[];
  /** Always shown, however the values lie. */
  readonly include?: readonly number[];
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** How a series is drawn: a line, points with whiskers, points joined by a line, or stairs over an area. */
export type Drawing = "line" | "points" | "curve" | "steps" | "area";

export interface Series {
  /** Series of one name have one entry in the legend. */
  readonly name: string;
  readonly style: Style;
  readonly draw: Drawing;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Ends of the whiskers. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** What is said of a point when one points at it; default its numbers. */
  readonly labels?: readonly string[];
  /** Drawn pale and left out of the legend: what a smoothed line was made of. */
  readonly pale?: boolean;
}

/** A line across the panel, in a band where its ends are given. */
export interface Rule {
  readonly axis: "x" | "y";
  readonly at: number;
  readonly low?: number;
  readonly high?: number;
  readonly style: Style;
  readonly label?: string;
}

export interface Style {
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** Okabe and Ito's, which differ with any kind of colour vision; their yellow is too light for lines on white. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1b1b1f"] as const;
const SYMBOLS = ["circle", "square", "diamond", "triangle-up"] as const;

/** Of the nth run or series: told apart by shape as well as by colour. */
export function styleOf(place: number): Style {
  return { colour: COLOURS[place % COLOURS.length]!, symbol: SYMBOLS[place % SYMBOLS.length]! };
}

export const WIN = styleOf(0);
export const LOSS = styleOf(1);
