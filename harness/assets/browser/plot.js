/** Every plot of the page that has not come to life yet. */
enlivenAll(".simvlm-plot", "Plotly", (root, { title, traces, layout }) => {
  const { Plotly } = window;
  const chart = element("div", { class: "chart", role: "img", "aria-label": title });
  root.querySelector(".simvlm-static").replaceWith(element("h4", {}, title), chart);
  const save = {
    name: "save",
    title: "Download as PNG",
    icon: Plotly.Icons.camera,
    click: () => {
      const titled = { ...layout, title: { text: escapeForPlotly(title) }, margin: { ...layout.margin, t: 56 } };
      const options = { format: "png", filename: fileNameOf(title), width: 900, height: layout.height + 48, scale: 2 };
      return Plotly.downloadImage({ data: traces, layout: titled }, options);
    },
  };
  Plotly.newPlot(chart, traces, layout, {
    responsive: true,
    displaylogo: false,
    // A dollar sign in a caption is no formula.
    typesetMath: false,
    modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d", "autoScale2d"],
    modeBarButtonsToAdd: [save],
  });
});

/** Plotly reads some tags in texts. */
function escapeForPlotly(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
