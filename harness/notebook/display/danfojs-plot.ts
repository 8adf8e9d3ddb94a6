import { createRequire } from "node:module";
import { html, jsonForScript } from "../../report/html.js";
import { escapeText, type PlotJson } from "../../report/plots/plotly.js";
import { browserScript, browserStyle } from "../../report/script.js";
import type { View } from "../../report/view.js";
import { findFrontEnd } from "./front-end.js";
import { show } from "./show.js";

type Json = Readonly<Record<string, unknown>>;

/** A plot as danfojs configures it: which columns, with Plotly's own options among them, and Plotly's layout. */
interface PlotConfig {
  readonly config?: Json;
  readonly layout?: Json;
}

/** Where danfojs draws: Plotly as far as it uses it. */
interface Canvas {
  newPlot(divId: string, traces: readonly Json[], layout: Json): void;
}

type Draw = (frame: unknown, divId: string, config: Required<PlotConfig>, canvas: Canvas) => void;

/** The parts of danfojs-node 1.2.0 that plots concern. */
interface Danfojs {
  readonly DataFrame: { readonly prototype: object };
  readonly Series: { readonly prototype: object };
}

/** Each kind of plot by its method's name, and danfojs' function that draws it. */
const KINDS = {
  line: "linePlot",
  bar: "barPlot",
  scatter: "scatterPlot",
  hist: "histPlot",
  pie: "piePlot",
  box: "boxPlot",
  violin: "violinPlot",
} as const;

const HEIGHT = 380;
/** In the colours that the plot's script knows, so that it can be dark. */
const STYLE = {
  font: { family: "system-ui, sans-serif", size: 13, color: "#1b1b1f" },
  paper_bgcolor: "#fff",
  plot_bgcolor: "#fff",
  // Away from the buttons.
  legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom" },
};
const MARGIN = { l: 64, r: 16, t: 34, b: 52 };

/**
 * Lets `df.plot(…).line()` and its like show a plot in the notebook. danfojs draws in browsers only, into an element of
 * the page; here the cell's output is that element, and the name of one is ignored.
 *
 * @param file where danfojs-node was loaded from
 */
export function bringPlots({ DataFrame, Series }: Danfojs, file: string): void {
  const drawings = createRequire(file)("../../danfojs-base/plotting/plotly/index.js") as Readonly<Record<string, Draw>>;
  const plot = function (this: unknown) {
    const methods = Object.entries(KINDS).map(([kind, name]) => {
      const method = ({ config = {}, layout = {} }: PlotConfig = {}) => {
        const canvas: Canvas = { newPlot: (_, traces, ownLayout) => showLater(plotOf(kind, traces, ownLayout)) };
        drawings[name]!(this, "", { config, layout }, canvas);
      };
      return [kind, method] as const;
    });
    return { ...Object.fromEntries(methods), table: () => showLater(this) };
  };
  for (const { prototype } of [DataFrame, Series]) Object.assign(ownerOf(prototype, "plot"), { plot });
}

/** Columns of a frame are of a class that the exported one extends. */
function ownerOf(prototype: object, name: string): object {
  const above = Object.getPrototypeOf(prototype) as object | null;
  return Object.hasOwn(prototype, name) || above === null ? prototype : ownerOf(above, name);
}

/** The methods return nothing: the cell waits for what they show. */
function showLater(value: unknown): void {
  const shown = show(value);
  findFrontEnd()?.waitFor(shown);
}

function plotOf(kind: string, traces: readonly Json[], given: Json): View {
  const { title, ...layout } = given;
  const data: PlotJson = {
    title: textOf(title) ?? `${kind[0]!.toUpperCase()}${kind.slice(1)} plot`,
    traces: traces.map((trace) => escapeAll(trace) as Json),
    layout: {
      ...STYLE,
      ...(escapeAll(withAxes(layout)) as Json),
      height: typeof layout.height === "number" ? layout.height : HEIGHT,
      margin: { ...MARGIN, ...(layout.margin as Json | undefined) },
    },
  };
  const text = `${data.title}: ${traces.map(({ name, type }) => String(name ?? type ?? kind)).join(", ")}`;
  return {
    markup: html`<div class="simvlm-plot">${browserStyle("plot")}
<p class="simvlm-static">${text}</p>
<script type="application/json">${jsonForScript(data)}</script>
${browserScript("plot")}</div>`,
    libraries: ["plotly"],
    text,
  };
}

/** danfojs writes titles as Plotly once had them. */
function withAxes(layout: Json): Json {
  const axes = ["xaxis", "yaxis"].map((name) => {
    const { title, ...axis } = (layout[name] ?? {}) as Json;
    return [name, { automargin: true, gridcolor: "#e3e3e8", ...axis, title: { text: textOf(title) ?? "" } }] as const;
  });
  return { ...layout, ...Object.fromEntries(axes) };
}

function textOf(title: unknown): string | undefined {
  if (typeof title === "object" && title !== null) return textOf((title as Json).text);
  return title === undefined || title === null || title === "" ? undefined : String(title);
}

/** Plotly would read tags and links in a column's texts. */
function escapeAll(value: unknown): unknown {
  if (typeof value === "string") return escapeText(value);
  if (Array.isArray(value)) return value.map(escapeAll);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escapeAll(inner)]));
}
