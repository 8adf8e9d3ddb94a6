import { html, jsonForScript } from "../html.js";
import { browserScript, browserStyle } from "../script.js";
import type { View } from "../view.js";
import { drawFigureSvg, rasterize } from "./draw.js";
import type { Figure } from "./figure.js";
import { describeFigure } from "./figure-text.js";
import { type PlotJson, toPlotly } from "./plotly.js";

/** A view of a figure: it can be zoomed, pointed at and saved as PNG; at rest it is a picture of the same. */
export async function plotView(figure: Figure): Promise<View> {
  const picture = await rasterize(drawFigureSvg(figure));
  const text = describeFigure(figure);
  const source = `data:image/png;base64,${Buffer.from(picture).toString("base64")}`;
  const data: PlotJson = { title: figure.title, ...toPlotly(figure) };
  return {
    markup: html`<div class="simvlm-plot">${browserStyle("plot")}
<img class="simvlm-static" width="720" alt="${text}" src="${source}">
<script type="application/json">${jsonForScript(data)}</script>
${browserScript("plot")}</div>`,
    libraries: ["plotly"],
    text,
    picture,
  };
}
