import type { Axis, Figure, Panel, Rule, Series } from "./figure.js";
import { type Span, spanPanel } from "./scale.js";

const INK = "#1b1b1f";
const GRID = "#e3e3e8";
const GAP = 26;
const MARGIN = { left: 64, right: 16, top: 8, bottom: 52 } as const;
const FONT = "system-ui, sans-serif";

type Json = Readonly<Record<string, unknown>>;

/** What plotly.js is given. */
export interface PlotlyFigure {
  readonly traces: readonly Json[];
  /** Its height is in pixels. */
  readonly layout: Json & { readonly height: number; readonly margin: Json };
}

/** The JSON of a plot's element in a page. */
export interface PlotJson extends PlotlyFigure {
  readonly title: string;
}

/**
 * The figure that {@link drawFigureSvg} draws, for plotly.js. Its texts are escaped, because plotly.js would read tags
 * and links in them.
 */
export function toPlotly({ panels }: Figure): PlotlyFigure {
  const inner = panels.reduce((sum, { height }) => sum + height, 0) + GAP * (panels.length - 1);
  const named = new Set<string>();
  const axes: Record<string, Json> = {};
  const traces: Json[] = [];
  const shapes: Json[] = [];
  const annotations: Json[] = [];
  let below = inner;
  for (const [i, panel] of panels.entries()) {
    const suffix = i === 0 ? "" : String(i + 1);
    const spans = spanPanel(panel, panels);
    const isLast = i === panels.length - 1;
    axes[`xaxis${suffix}`] = {
      ...axisOf(panel.x, spans.x),
      anchor: `y${suffix}`,
      title: { text: isLast ? escapeText(panel.x.title) : "" },
      showticklabels: isLast,
      ...(i > 0 && { matches: "x" }),
    };
    axes[`yaxis${suffix}`] = {
      ...axisOf(panel.y, spans.y),
      anchor: `x${suffix}`,
      domain: [(below - panel.height) / inner, below / inner],
      title: { text: escapeText(panel.y.title) },
    };
    below -= panel.height + GAP;
    for (const series of panel.series) {
      const isNew = !series.pale && !named.has(series.name);
      if (isNew) named.add(series.name);
      traces.push({ ...traceOf(series, panel), xaxis: `x${suffix}`, yaxis: `y${suffix}`, showlegend: isNew });
    }
    for (const rule of panel.rules ?? []) {
      shapes.push(...shapesOf(rule, suffix));
      if (rule.label) annotations.push(annotationOf(rule, suffix));
    }
  }
  const layout = {
    ...axes,
    shapes,
    annotations,
    height: inner + MARGIN.top + MARGIN.bottom + (named.size > 1 ? 30 : 0),
    margin: { l: MARGIN.left, r: MARGIN.right, t: MARGIN.top, b: MARGIN.bottom },
    showlegend: named.size > 1,
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom" },
    font: { family: FONT, size: 13, color: INK },
    hoverlabel: { font: { family: FONT } },
    paper_bgcolor: "#fff",
    plot_bgcolor: "#fff",
  };
  return { traces, layout };
}

function axisOf({ scale = "linear", ticks }: Axis, { low, high }: Span): Json {
  const given = ticks && {
    tickmode: "array",
    tickvals: ticks.map(({ at }) => at),
    ticktext: ticks.map(({ label }) => escapeText(label)),
  };
  return {
    type: scale,
    range: [low, high],
    gridcolor: GRID,
    zeroline: false,
    automargin: true,
    exponentformat: "e",
    ...given,
  };
}

/** A text that plotly.js shows as it is. It knows the entities of these three characters, but not those of quotes. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** More digits than a plot can show would make up most of its page. */
function shorten(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}

const MODES = { line: "lines", points: "markers", curve: "lines+markers", steps: "lines", area: "lines" } as const;

function traceOf(series: Series, { x: { title: xTitle } }: Panel): Json {
  const { name, style, draw, x, y, low, high, labels, pale } = series;
  const isFilled = draw === "steps" || draw === "area";
  const pointed = labels?.map(escapeText);
  return {
    type: "scatter",
    name: escapeText(name),
    legendgroup: escapeText(name),
    mode: MODES[draw],
    x: x.map(shorten),
    y: y.map(shorten),
    opacity: pale ? 0.3 : 1,
    line: { color: style.colour, width: pale ? 1 : 2, ...(draw === "steps" && { shape: "hv" }) },
    marker: { color: style.colour, symbol: style.symbol, size: 9 },
    ...(isFilled && { fill: "tozeroy", fillcolor: `${style.colour}${draw === "area" ? "73" : "1f"}` }),
    ...(low &&
      high && {
        error_y: {
          type: "data",
          symmetric: false,
          array: high.map((end, i) => shorten(end - y[i]!)),
          arrayminus: low.map((end, i) => shorten(y[i]! - end)),
          color: style.colour,
          thickness: 1.5,
          width: 4,
        },
      }),
    // A text of somebody's is data here, never part of the template.
    ...(pointed
      ? { customdata: pointed, hovertemplate: "%{customdata}<extra></extra>" }
      : {
          hovertemplate: `${escapeText(xTitle).replaceAll("%{", "% {")} %{x}: %{y:.4~g}<extra>%{fullData.name}</extra>`,
        }),
    ...(pale && { hoverinfo: "skip", hovertemplate: null }),
  };
}

function shapesOf({ axis, at, low, high, style }: Rule, suffix: string): Json[] {
  const across = axis === "y";
  const box = (from: number, to: number) =>
    across
      ? { xref: `x${suffix} domain`, yref: `y${suffix}`, x0: 0, x1: 1, y0: from, y1: to }
      : { xref: `x${suffix}`, yref: `y${suffix} domain`, x0: from, x1: to, y0: 0, y1: 1 };
  const band = { type: "rect", fillcolor: style.colour, opacity: 0.15, line: { width: 0 }, layer: "below" };
  return [
    ...(low === undefined || high === undefined ? [] : [{ ...band, ...box(low, high) }]),
    { type: "line", line: { color: style.colour, dash: "dash", width: 1 }, ...box(at, at) },
  ];
}

function annotationOf({ axis, at, label, high = at }: Rule, suffix: string): Json {
  const across = axis === "y";
  return {
    text: escapeText(label ?? ""),
    showarrow: false,
    xref: across ? `x${suffix} domain` : `x${suffix}`,
    yref: across ? `y${suffix}` : `y${suffix} domain`,
    x: across ? 1 : at,
    y: across ? high : 1,
    xanchor: across ? "right" : "left",
    yanchor: across ? "bottom" : "top",
  };
}
