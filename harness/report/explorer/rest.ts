import sharp from "sharp";
import { viridis } from "../../attention/colours.js";
import type { Exploration } from "../../attention/explore.js";
import { averageAttention, poolWords, type WordAttention } from "../../attention/word-attention.js";
import { nameShares, type Shares, type Surroundings, tellSurroundings } from "../../attention/word-shares.js";
import type { AttentionRecord } from "../../models/attention-maps.js";
import { type Html, html } from "../html.js";

/** Each word's map as the mean of all layers and heads: what is shown where nothing can be chosen. */
export function meanWords({ attention, words }: Exploration): WordAttention[] {
  return poolWords(averageAttention(attention), attention, words);
}

/**
 * An explorer at rest: the picture, and for each word the picture with its map over it.
 * @param picture a data URI, which the markup holds once
 * @param id of the picture, unlike that of any other in the page
 */
export async function renderAtRest(exploration: Exploration, picture: string, id: string): Promise<Html> {
  const { caption, source, attention } = exploration;
  const surroundings = surroundingsOf(exploration);
  const { width, height } = exploration.picture;
  const words = meanWords(exploration);
  const values = words.flatMap(({ map }) => [...map]);
  const [least, most] = [Math.min(...values, 1), Math.max(...values, 0)];
  const panels = await Promise.all(
    words.map(async ({ text, map, ...shares }) => {
      const heat = await drawHeat(map, attention.grid, { least, most });
      const box = `0 0 ${width} ${height}`;
      return html`<figure><svg viewBox="${box}" role="img" aria-label="where the model looked for ${text}"><use href="#${id}" style="filter:grayscale(1)"/><image href="${heat}" width="${width}" height="${height}" preserveAspectRatio="none" opacity="0.65" style="image-rendering:pixelated"/></svg><figcaption>${text}${listShares(shares, surroundings).map((share) => html`<small>${share}</small>`)}</figcaption></figure>`;
    }),
  );
  return html`<p class="source">${source}</p>
<p>${caption}</p>
<div class="panels"><figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="the picture"><image class="picture" id="${id}" href="${picture}" width="${width}" height="${height}"/></svg><figcaption>the picture</figcaption></figure>
${panels}</div>
${words.length > 0 && html`<p class="note">${[describeColours(attention, least, most), ...tellSurroundings(surroundings)].join(" ")}</p>`}`;
}

function describeColours({ layers, heads }: AttentionRecord, least: number, most: number): string {
  const range = `dark is ${percent(least, 2)} of a word’s attention on one patch, bright ${percent(most, 2)}`;
  return `Mean of ${layers} decoder layers and ${heads} heads; ${range}.`;
}

/** What the words of an exploration can look at. */
export function surroundingsOf({ attention, prompt }: Exploration): Surroundings {
  return { kinds: new Set(attention.keys.map(({ kind }) => kind)), prompt, through: attention.through };
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
