import type { ExplorerJson, PaneChoice } from "../../explorer/explorer-data.js";
import { download } from "../download.js";
import { element } from "../element.js";
import { fitChoice, translateChange } from "./choice.js";
import { drawExport } from "./draw-export.js";
import { createPainter, type Range } from "./painter.js";
import { createPane, type Style } from "./pane.js";
import { createTools } from "./tools.js";
import { linkViews } from "./views.js";

/** An explorer at work. @param pictures one a pane, decoded */
export function createExplorer(
  { panes, start, colours, caution }: ExplorerJson,
  pictures: readonly HTMLImageElement[],
): HTMLElement {
  const painter = createPainter(colours);
  const choices: PaneChoice[] = panes.map((data) =>
    fitChoice({ ...start, ...translateChange({ word: start.word }, panes[0]!, data) }, data),
  );
  const made = panes.map((data, index) =>
    createPane(data, pictures[index]!, painter, (change) => apply(index, change)),
  );
  let style: Style = { opacity: 0.65, smooth: false, together: true };
  let isLocked = panes.length > 1;

  function apply(index: number, change: Partial<PaneChoice>): void {
    panes.forEach((data, each) => {
      if (each !== index && !isLocked) return;
      const own = each === index ? change : translateChange(change, panes[index]!, data);
      choices[each] = fitChoice({ ...choices[each]!, ...own }, data);
    });
    render();
  }

  function render(): void {
    const ranges = made.map((pane, index) => pane.findRange(choices[index]!, style));
    made.forEach((pane, index) => {
      // What methods say differs in kind: only maps of the same one are held against each other.
      const shared = ranges.filter((_, each) => style.together && choices[each]!.method === choices[index]!.method);
      pane.render(choices[index]!, style, shared.length > 0 ? uniteRanges(shared) : ranges[index]!);
    });
  }

  function restyle(change: Partial<Style>): void {
    style = { ...style, ...change };
    render();
  }

  function lock(on: boolean): void {
    isLocked = on;
    if (on) apply(0, choices[0]!);
  }

  function save(): void {
    const word = panes[0]!.words[choices[0]!.word] ?? "";
    const name = `attention-${word.replace(/[^\p{L}\p{N}]+/gu, "")}`.replace(/-$/, "");
    drawExport(made, painter, caution).toBlob((content) => {
      if (content) download(`${name}.png`, content);
    }, "image/png");
  }

  const views = linkViews(made.map(({ view }) => view));
  const live = element(
    "div",
    { class: "live" },
    element("div", { class: panes.length > 1 ? "panes two" : "panes" }, ...made.map(({ node }) => node)),
    createTools(style, { restyle, enlarge: views.enlarge, lock: panes.length > 1 ? lock : undefined, save }),
    element("p", { class: "note" }, caution),
  );
  // A notebook has uses of its own for keys.
  live.addEventListener("keydown", (event) => event.stopPropagation());
  render();
  return live;
}

function uniteRanges(ranges: readonly Range[]): Range {
  return {
    least: Math.min(...ranges.map(({ least }) => least)),
    most: Math.max(...ranges.map(({ most }) => most)),
  };
}
