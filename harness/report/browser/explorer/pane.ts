import { tellSurroundings } from "../../../attention/word-shares.js";
import type { Method, PaneChoice, PaneData } from "../../explorer/explorer-data.js";
import { createReader, type Look, surroundingsOf } from "../../explorer/reader.js";
import { element } from "../element.js";
import { createGrid } from "./grid.js";
import { step } from "./keys.js";
import { contextOf, createCanvas, greyOf, type Painter, type Range } from "./painter.js";
import { createSelectors, METHODS } from "./selectors.js";
import { percent, shorten, tellShares } from "./shares.js";
import { reveal } from "./views.js";
import { createWords } from "./word-list.js";

/** How maps are painted, the same in all panes. */
export interface Style {
  readonly opacity: number;
  readonly smooth: boolean;
  /** Whether all words, of all panes, have one colour range. */
  readonly together: boolean;
}

/** One model's half. */
export interface Pane {
  readonly node: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The window that the canvas is seen through. */
  readonly view: HTMLElement;
  readonly data: PaneData;
  choice(): PaneChoice;
  /** What the chosen maps are, in words. */
  describe(): string;
  /** The chosen word's map; undefined for a caption without words. */
  look(): Look | undefined;
  tellShares(look: Look): string;
  /** What the ends of the colour scale stand for. */
  legend(): { readonly least: string; readonly most: string };
  /** The range that the colours of a choice have by themselves. */
  findRange(choice: PaneChoice, style: Style): Range;
  /** @param range that the colours stand for */
  render(choice: PaneChoice, style: Style, range: Range): void;
}

const UNITS: Readonly<Record<Method, string>> = {
  mean: "share of the word’s attention that falls on a patch",
  max: "greatest share of the word’s attention that falls on a patch",
  rollout: "share of the word’s attention, traced back through the layers before, that falls on a patch",
  gradient: "a patch’s attention × what more of it would add to the word’s logit",
};

const SCALE = { width: 256, height: 12 } as const;

/**
 * The words, the picture, the selectors and the grid of layers and heads.
 * @param change asks for a change of the choice
 */
export function createPane(
  data: PaneData,
  picture: HTMLImageElement,
  painter: Painter,
  change: (change: Partial<PaneChoice>) => void,
): Pane {
  const reader = createReader(data);
  const { grid } = data;
  const surroundings = surroundingsOf(data);
  const grey = greyOf(picture, data.width, data.height);
  let choice: PaneChoice = { word: 0, patch: -1, layer: -1, head: -1, method: "mean", control: false };

  const words = createWords(data, (word) => change({ word }));
  const selectors = createSelectors(data, change);
  const canvas = createCanvas(data.width, data.height);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const place = (at: number, start: number, length: number) =>
      Math.min(grid - 1, Math.max(0, Math.floor((grid * (at - start)) / length)));
    const patch = place(event.clientY, box.top, box.height) * grid + place(event.clientX, box.left, box.width);
    change({ patch: patch === choice.patch ? -1 : patch });
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return change({ patch: -1 });
    const isFirst = choice.patch < 0 && event.key.startsWith("Arrow");
    const to = isFirst ? strongest() : step(event.key, choice.patch, reader.patches, grid);
    if (to === undefined) return;
    event.preventDefault();
    change({ patch: to });
    reveal(view, { x: (to % grid) / grid, y: Math.floor(to / grid) / grid }, 1 / grid);
  });
  const view = element("div", { class: "view" }, canvas);
  view.style.aspectRatio = `${data.width} / ${data.height}`;
  const readout = element("p", { class: "readout", role: "status" });
  const scale = createCanvas(SCALE.width, SCALE.height);
  painter.paintScale(contextOf(scale), 0, 0, SCALE.width, SCALE.height);
  const [least, most] = [element("span"), element("span")];
  const legend = element("div", { class: "legend" }, least, scale, most);
  const unit = element("p", { class: "note" });
  const cells = createGrid(data, painter, (layer, head) => {
    const isSame = layer === choice.layer && head === choice.head;
    const chosen = { layer: isSame ? -1 : layer, head: isSame ? -1 : head };
    change(choice.method === "rollout" ? { ...chosen, method: "mean" } : chosen);
  });
  const noise = data.trained ? "" : " (its words are noise)";
  const node = element(
    "div",
    { class: "pane", role: "group", "aria-label": `attention of ${data.source}` },
    element(
      "p",
      { class: "source" },
      [data.source + noise, ...tellSurroundings({ ...surroundings, prompt: shorten(data.prompt) })].join(" · "),
    ),
    words.node,
    selectors.node,
    element("div", { class: "halves" }, element("div", { class: "seen" }, view, legend, unit, readout), cells.node),
  );

  function strongest(): number {
    const { map } = reader.look(choice);
    return map.indexOf(Math.max(...map));
  }

  function describe(): string {
    const free = reader.freedom(choice);
    const name = (what: string, one: number, count: number) =>
      count === 1 || one >= 0 ? `${what} ${Math.max(one, 0)}` : `all ${what}s`;
    const layer = free.layer ? name("layer", choice.layer, data.layers) : "all layers";
    const head = free.head ? name("head", choice.head, data.heads) : "all heads";
    const maps = choice.method === "rollout" ? "rollout" : `${METHODS[choice.method]}, ${layer}, ${head}`;
    return choice.control ? `${maps}, randomised weights (seed ${data.seed})` : maps;
  }

  /** What is said of the chosen word, and of the chosen patch. */
  function tellWord(look: Look | undefined, amount: (value: number) => string): string {
    if (!look) return "The caption has no words.";
    const word = `“${data.words[choice.word]}”`;
    if (choice.patch < 0) {
      return `${word}: ${tellShares(look, surroundings)}. Choose a patch to see which words looked at it.`;
    }
    const where = `row ${Math.floor(choice.patch / grid) + 1}, column ${(choice.patch % grid) + 1}`;
    const value = amount(look.map[choice.patch] ?? 0);
    return `${word} at the patch in ${where}: ${value}. The words above say how much each looked at it.`;
  }

  return {
    node,
    canvas,
    view,
    data,
    choice: () => choice,
    describe,
    look: () => (data.words.length > 0 ? reader.look(choice) : undefined),
    tellShares: (look) => tellShares(look, surroundings),
    legend: () => ({ least: least.textContent ?? "", most: most.textContent ?? "" }),
    findRange(of, { together }) {
      const words = together ? [...data.words.keys()] : data.words.length > 0 ? [of.word] : [];
      return rangeOf(words.map((word) => reader.look({ ...of, word }).map));
    },
    render(next, style, range) {
      choice = next;
      const looks = data.words.map((_, word) => reader.look({ ...choice, word }));
      const look = looks[choice.word];
      const { opacity, smooth } = style;
      painter.paint(canvas, { picture, grey, map: look?.map, grid, range, opacity, smooth, patch: choice.patch });
      // A gradient's product is no share of anything.
      const amount = choice.method === "gradient" ? (value: number) => value.toPrecision(2) : percent;
      selectors.render(choice, reader.freedom(choice));
      words.render(choice, looks, amount);
      cells.render(choice, reader);
      node.classList.toggle("random", choice.control);
      unit.textContent = UNITS[choice.method];
      least.textContent = amount(range.least);
      most.textContent = amount(range.most);
      readout.textContent = tellWord(look, amount);
      canvas.setAttribute(
        "aria-label",
        `where the model looked for “${data.words[choice.word] ?? ""}”, ${describe()}; arrow keys choose one of ${grid} by ${grid} patches, Escape none`,
      );
    },
  };
}

function rangeOf(maps: readonly Float32Array[]): Range {
  if (maps.length === 0) return { least: 0, most: 0 };
  return {
    least: Math.min(...maps.map((map) => Math.min(...map))),
    most: Math.max(...maps.map((map) => Math.max(...map))),
  };
}
