import "./plot.css";
import { escapeText, type PlotJson } from "../../plots/plotly.js";
import { fileNameOf } from "../download.js";
import { element } from "../element.js";
import { enlivenAll } from "../enliven.js";

/** What the title needs above a plot that is saved as a picture, in pixels. */
const TITLE_HEIGHT = 48;
const TITLE_MARGIN = 56;

/** Every plot of the page that has not come to life yet. */
enlivenAll(".simvlm-plot", "Plotly", (root, { title, traces, layout }: PlotJson, plotly) => {
  const chart = element("div", { class: "chart", role: "img", "aria-label": title });
  root.querySelector(".simvlm-static")?.replaceWith(element("h4", {}, title), chart);
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
  plotly.newPlot(chart, traces, layout, {
    responsive: true,
    displaylogo: false,
    // A dollar sign in a caption is no formula.
    typesetMath: false,
    modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d"],
    modeBarButtonsToAdd: [save],
  });
});
