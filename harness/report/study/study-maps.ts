import { viridis } from "../../attention/colours.js";
import type { Study } from "../../study/run-study.js";
import { titleOf } from "../../study/study-recipe.js";
import { MAP_TITLES } from "../../terminal/faithfulness-table.js";
import { plainTable } from "../document/plain-table.js";
import { type Html, html } from "../html.js";

/** The map that tells best what a word depends on, see docs/faithfulness.md. */
const MAP = "gradient";
/** In pixels. */
const SIDE = 48;

/**
 * Where variants look for each word of the same caption, of the first seed that has it: a row each; undefined of a study
 * that did not look.
 * @param picture its address, as a page takes it
 */
export function drawStudyMaps({ recipe, cells }: Study, picture: string | undefined): Html | undefined {
  const rows = recipe.variants.flatMap((variant) => {
    const found = cells.find((cell) => cell.variant === variant.name && cell.attention)?.attention?.shown;
    return found ? [{ variant, ...found }] : [];
  });
  const [first] = rows;
  if (!first) return undefined;
  const table = plainTable({
    name: "Where variants look",
    head: ["", ...first.words.map(({ word }) => word)],
    rows: rows.map(({ variant, grid, words }) => ({
      cells: [
        titleOf(variant),
        ...words.map(({ word, maps }) => drawMap(maps[MAP] ?? [], grid, `${word}: ${titleOf(variant)}`)),
      ],
    })),
  });
  return html`<section><h2>Where they look</h2>
<p>Maps of ${MAP_TITLES[MAP]}, for each word of a caption that all are given: the brighter, the more the word depends on the patch. Each map
is brightest where it is greatest.</p>
${picture !== undefined && html`<p><img src="${picture}" width="128" height="128" alt="${first.caption}"></p>`}
${table}</section>`;
}

function drawMap(shares: readonly number[], grid: number, title: string): Html {
  const greatest = Math.max(...shares, 0) || 1;
  const side = SIDE / grid;
  const rectangles = shares.map((share, i) => {
    const [x, y] = [(i % grid) * side, Math.floor(i / grid) * side];
    const fill = `rgb(${viridis(share / greatest).join(" ")})`;
    return html`<rect x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${side.toFixed(2)}" height="${side.toFixed(2)}" fill="${fill}"/>`;
  });
  return html`<svg width="${SIDE}" height="${SIDE}" role="img" aria-label="${title}">${rectangles}</svg>`;
}
