import type { PaneChoice, PaneData } from "../../explorer/explorer-data.js";
import type { Reader } from "../../explorer/reader.js";
import { element } from "../element.js";
import { step } from "./keys.js";
import { createCanvas, type Painter } from "./painter.js";

/** The small maps of a pane. */
export interface Grid {
  readonly node: HTMLElement;
  render(choice: PaneChoice, reader: Reader): void;
}

interface Cell {
  readonly button: HTMLButtonElement;
  readonly canvas: HTMLCanvasElement;
  readonly layer: number;
  readonly head: number;
}

/** Small maps of the chosen word, a row a layer and a column a head. */
export function createGrid(data: PaneData, painter: Painter, choose: (layer: number, head: number) => void): Grid {
  const table = element("div", {
    class: "grid",
    role: "group",
    "aria-label": "layers by heads, small maps of the word",
  });
  const caption = element("p", { class: "note" });
  let cells: readonly Cell[] = [];
  let shape = { layers: 0, heads: 0 };

  function build(layers: number, heads: number): void {
    if (shape.layers === layers && shape.heads === heads) return;
    shape = { layers, heads };
    table.style.setProperty("--heads", String(heads));
    const header = Array.from({ length: heads }, (_, head) => axis(heads > 1 ? `${head}` : "all"));
    const rows = Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: heads }, (_, head) => createCell(layer, head, heads)),
    );
    cells = rows.flat();
    const lines = rows.flatMap((row, layer) => [axis(`${layer}`), ...row.map(({ button }) => button)]);
    table.replaceChildren(axis(), ...header, ...lines);
  }

  function createCell(layer: number, head: number, heads: number): Cell {
    const canvas = createCanvas(data.grid, data.grid);
    const name = `layer ${layer}, ${heads > 1 ? `head ${head}` : "all heads"}`;
    const button = element("button", { type: "button", "aria-label": name, title: name }, canvas);
    button.addEventListener("click", () => choose(layer, heads > 1 ? head : -1));
    return { button, canvas, layer, head };
  }

  table.addEventListener("keydown", (event) => {
    const at = cells.findIndex(({ button }) => button === document.activeElement);
    const to = at < 0 ? undefined : step(event.key, at, cells.length, shape.heads);
    if (to === undefined) return;
    event.preventDefault();
    makeFocusable(to);
    cells[to]!.button.focus();
  });

  /** One stop of the Tab key for all of them. */
  function makeFocusable(place: number): void {
    cells.forEach(({ button }, each) => {
      button.tabIndex = each === place ? 0 : -1;
    });
  }

  return {
    node: element("div", { class: "layers" }, element("p", { class: "title" }, "layer × head"), table, caption),
    render(choice, reader) {
      // What rollout has no layers of, attention has.
      const shown: PaneChoice = choice.method === "rollout" ? { ...choice, method: "mean" } : choice;
      const { layers, heads } = reader.counts(shown);
      build(layers, heads);
      const isChosen = ({ layer, head }: Cell) => layer === choice.layer && (heads === 1 || head === choice.head);
      for (const cell of cells) {
        if (data.words.length > 0) {
          const { map } = reader.look({ ...shown, layer: cell.layer, head: cell.head });
          painter.paintSmall(cell.canvas, map, data.grid);
        }
        cell.button.setAttribute("aria-pressed", String(choice.method !== "rollout" && isChosen(cell)));
      }
      makeFocusable(Math.max(0, cells.findIndex(isChosen)));
      const kept = heads < data.heads ? " To keep the page small, heads are averaged here." : "";
      caption.textContent = `Each map has its own colour range.${kept}`;
    },
  };
}

function axis(text = ""): HTMLElement {
  return element("span", { class: "axis", "aria-hidden": "true" }, text);
}
