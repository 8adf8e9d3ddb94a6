import "./plot.css";
import { escapeText, type PlotJson } from "../../plots/plotly.js";
import { fileNameOf } from "../download.js";
import { element } from "../element.js";
import { enlivenAll } from "../enliven.js";
import { type Colours, recolour } from "./recolour.js";
import { fitTicks } from "./tick-labels.js";

/** What the title needs above a plot that is saved as a picture, in pixels. */
const TITLE_HEIGHT = 48;
const TITLE_MARGIN = 56;

/** Every plot of the page that has not come to life yet. */
enlivenAll(".simvlm-plot", "Plotly", (root, { title, traces, layout }: PlotJson, plotly) => {
  const chart = element("div", { class: "chart", role: "group", "aria-label": title });
  const still = root.querySelector(".simvlm-static");
  still?.before(element("p", { class: "view-title" }, title), chart);
  // A text at rest is no picture that could be printed: then the plot is.
  if (still instanceof HTMLImageElement) still.classList.replace("simvlm-static", "printed");
  else still?.remove();
  const save = {
    name: "save",
    title: "Download as PNG",
    icon: plotly.Icons.camera,
    click: () => {
      const titled = { ...layout, title: { text: escapeText(title) }, margin: { ...layout.margin, t: TITLE_MARGIN } };
      const size = { width: 900, height: layout.height + TITLE_HEIGHT, scale: 2 };
      return plotly.downloadImage(
        { data: traces, layout: titled },
        { format: "png", filename: fileNameOf(title), ...size },
      );
    },
  };
  const config = {
    // By itself it would draw in between, with a height of nothing.
    responsive: false,
    displaylogo: false,
    // A dollar sign in a caption is no formula.
    typesetMath: false,
    // These and no others: the library has buttons that open an upload to somebody's server.
    modeBarButtons: [[save], ["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]],
    showSendToCloud: false,
    plotlyServerURL: "",
  };
  const paint = async () => {
    const { colours, modebar } = readColours(chart);
    const drawn = recolour({ traces, layout: fitTicks(layout, chart.clientWidth) }, colours);
    const size = { width: chart.clientWidth || undefined };
    await plotly.react(chart, drawn.traces, { ...drawn.layout, ...size, modebar }, config);
    describe(chart, still?.getAttribute("alt") ?? title);
  };
  void paint();
  let width = chart.clientWidth;
  const observer = new ResizeObserver(() => {
    if (chart.clientWidth !== width) void paint();
    width = chart.clientWidth;
  });
  observer.observe(chart);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => void paint());
});

/** The colours of where the plot stands. */
function readColours(chart: HTMLElement): { colours: Colours; modebar: Readonly<Record<string, string>> } {
  const { color: ink, backgroundColor: paper, borderTopColor: line, caretColor: faint } = getComputedStyle(chart);
  return {
    colours: { "#1b1b1f": ink, "#e3e3e8": line, "#fff": paper },
    modebar: { bgcolor: "transparent", color: faint, activecolor: ink },
  };
}

/** To those who cannot see it, a plot is a picture with its numbers as text. */
function describe(chart: HTMLElement, text: string): void {
  for (const [place, drawing] of chart.querySelectorAll("svg.main-svg").entries()) {
    if (place > 0) drawing.setAttribute("aria-hidden", "true");
    else {
      drawing.setAttribute("role", "img");
      drawing.setAttribute("aria-label", text);
    }
  }
}
