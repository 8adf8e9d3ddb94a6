import { viridis } from "../../attention/colours.js";
import { nameShares, type Shares, type Surroundings, tellSurroundings } from "../../attention/word-shares.js";
import { sharp } from "../../images/sharp.js";
import { type Html, html } from "../html.js";
import type { PaneData } from "./explorer-data.js";
import { createReader, type Look, surroundingsOf } from "./reader.js";

const AT_REST = { patch: -1, layer: -1, head: -1, method: "mean", control: false } as const;

/**
 * An explorer at rest: the picture, and for each word the picture with its map over it, the mean of all layers and
 * heads. It is made of nothing but what the explorer's script reads, so that it can be drawn again from that.
 * @param picture a data URI, which the markup holds once
 * @param id of the picture, unlike that of any other in the page
 * @param range the values that the ends of the colour scale stand for
 */
export async function renderAtRest(
  pane: PaneData,
  { picture, id, range }: { readonly picture: string; readonly id: string; readonly range: PaneData["range"] },
): Promise<Html> {
  const { caption, source, width, height, grid, words: texts } = pane;
  const surroundings = surroundingsOf(pane);
  const looks = looksAtRest(pane);
  const words = texts.map((text, word) => ({ text, ...looks[word]! }));
  const [least, most] = range;
  const panels = await Promise.all(
    words.map(async ({ text, map, ...shares }) => {
      const heat = await drawHeat(map, grid, { least, most });
      const box = `0 0 ${width} ${height}`;
      return html`<figure><svg viewBox="${box}" role="img" aria-label="where the model looked for ${text}"><use href="#${id}" style="filter:grayscale(1)"/><image href="${heat}" width="${width}" height="${height}" preserveAspectRatio="none" opacity="0.65" style="image-rendering:pixelated"/></svg><figcaption>${text}${listShares(shares, surroundings).map((share) => html`<small>${share}</small>`)}</figcaption></figure>`;
    }),
  );
  return html`<p class="source">${source}</p>
<p>${caption}</p>
<div class="panels"><figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="the picture"><image class="picture" id="${id}" href="${picture}" width="${width}" height="${height}"/></svg><figcaption>the picture</figcaption></figure>
${panels}</div>
${words.length > 0 && html`<p class="note">${[describeColours(pane, least, most), ...tellSurroundings(surroundings)].join(" ")}</p>`}`;
}

/** Where each word of a pane looked: the mean of all layers and heads, as it was packed. */
export function looksAtRest(pane: PaneData): Look[] {
  const reader = createReader(pane);
  return pane.words.map((_, word) => reader.look({ ...AT_REST, word }));
}

function describeColours({ layers, heads }: PaneData, least: number, most: number): string {
  const range = `dark is ${percent(least, 2)} of a word’s attention on one patch, bright ${percent(most, 2)}`;
  return `Mean of ${layers} decoder layers and ${heads} heads; ${range}.`;
}

/** Where a word's attention went, in percent, as short texts for a caption. */
export function listShares(shares: Shares, surroundings: Surroundings): string[] {
  return nameShares(shares, surroundings).map(({ name, share }) => `${name} ${percent(share)}`);
}

function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/** A data URI of a PNG with a pixel a patch. */
async function drawHeat(
  map: Float32Array,
  grid: number,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<string> {
  const pixels = Uint8Array.from([...map].flatMap((value) => viridis((value - least) / (most - least || 1))));
  const png = await sharp(pixels, { raw: { width: grid, height: grid, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
