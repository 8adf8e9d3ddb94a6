import type { PlotlyFigure } from "../../plots/plotly.js";

/** Of a label, in the type that plots are set in: about as wide as a letter is on average. */
const PIXELS_A_LETTER = 7;
/** What the other axis, its title and the margins take of a plot's width. */
const PIXELS_BESIDE = 90;
/** Of a label that stands upright: more would leave no plot. */
const MOST_LETTERS = 18;
/** Of the margin below a plot, what labels that lie have already. */
const PIXELS_BELOW = 24;

type Layout = PlotlyFigure["layout"];

/**
 * A plot's layout with labels below that fit: side by side or, where they are too long for that, upright, very long ones
 * without their middle; their ends say how many examples there are. What one points at says all of it.
 * @param width of the plot in pixels
 */
export function fitTicks(layout: Layout, width: number): Layout {
  const axes = Object.entries(layout).flatMap(([name, axis]) => {
    const { ticktext: labels } = Object(axis) as { readonly ticktext?: readonly string[] };
    const isTight = /^xaxis/.test(name) && labels && longestOf(labels) * PIXELS_A_LETTER > roomOf(labels, width);
    // What the library finds too wide it would hide.
    const upright = { tickangle: -90, ticklabeloverflow: "allow" };
    return isTight ? [[name, { ...Object(axis), ...upright, ticktext: shortenAll(labels) }, labels] as const] : [];
  });
  if (axes.length === 0) return layout;
  const letters = Math.min(MOST_LETTERS, Math.max(...axes.map(([, , labels]) => longestOf(labels))));
  const more = letters * PIXELS_A_LETTER - PIXELS_BELOW;
  return {
    ...layout,
    ...Object.fromEntries(axes),
    height: layout.height + more,
    margin: { ...layout.margin, b: Number(layout.margin.b) + more },
  };
}

function roomOf(labels: readonly string[], width: number): number {
  return (width - PIXELS_BESIDE) / labels.length;
}

function longestOf(labels: readonly string[]): number {
  return Math.max(...labels.map((label) => lettersOf(label).length));
}

/** Those that stand for one, as `&amp;` does, are one. */
function lettersOf(text: string): string[] {
  return text.match(/&(?:amp|lt|gt);|./gsu) ?? [];
}

/** Those that would look the same are numbered. */
function shortenAll(labels: readonly string[]): string[] {
  const short = labels.map((label) => shorten(label));
  return short.map((text, i) => {
    const same = short.flatMap((other, k) => (other === text ? [k] : []));
    return same.length === 1 || text === labels[i] ? text : shorten(labels[i]!, `${same.indexOf(i) + 1}:`);
  });
}

function shorten(text: string, before = ""): string {
  const letters = lettersOf(text);
  if (before.length + letters.length <= MOST_LETTERS) return before + text;
  const end = Math.floor(MOST_LETTERS / 2) - 1;
  return `${before}${letters.slice(0, MOST_LETTERS - 1 - end - before.length).join("")}…${letters.slice(-end).join("")}`;
}
