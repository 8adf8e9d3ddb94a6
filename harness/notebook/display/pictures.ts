import sharp from "sharp";
import { drawText, fitText } from "../../attention/typeset.js";
import { decodeImage, type RgbImage } from "../../images/decode.js";
import { html } from "../../report/html.js";
import type { View } from "../../report/view.js";

/** Pixels, the bytes of a picture file, or its path. */
export type Picture = RgbImage | Uint8Array | string;

export interface CaptionedPicture {
  readonly picture: Picture;
  /** Below it. */
  readonly caption?: string;
}

export interface PicturesOptions {
  /** Of each picture, at most, in pixels. Default 480 for one, 224 for several. */
  readonly width?: number;
}

/** A view that no script changes: a notebook keeps its picture alone. */
export interface PictureView extends View {
  readonly picture: Uint8Array;
  readonly still: true;
}

const WIDE = 480;
const NARROW = 224;
const GAP = 10;
const SHEET_WIDTH = 960;
const TYPE_SIZE = 13;
const LINE = 22;

interface Tile {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** Of the picture itself. */
  readonly size: string;
}

/**
 * Pictures beside and below each other, as one JPEG.
 * @throws SimvlmError what `decodeImage` throws
 */
export async function picturesView(
  pictures: readonly CaptionedPicture[],
  { width = pictures.length === 1 ? WIDE : NARROW }: PicturesOptions = {},
): Promise<PictureView> {
  const tiles = await Promise.all(pictures.map((picture) => shrink(picture, width)));
  const picture = await layOut(tiles, width);
  const text = tiles.map(({ caption, size }) => [`picture ${size}`, caption].filter(Boolean).join(": ")).join("\n");
  const source = `data:image/jpeg;base64,${Buffer.from(picture).toString("base64")}`;
  return {
    markup: html`<img alt="${text}" src="${source}" style="max-width: 100%; background: #fff">`,
    libraries: [],
    text,
    picture,
    still: true,
  };
}

async function shrink({ picture, caption = "" }: CaptionedPicture, most: number): Promise<Tile> {
  const { width, height, data } = await decode(picture);
  const { data: jpeg, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: most, height: most, fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { jpeg, width: info.width, height: info.height, caption, size: `${width} × ${height}` };
}

async function decode(picture: Picture): Promise<RgbImage> {
  if (typeof picture === "string") return decodeImage(picture);
  return picture instanceof Uint8Array ? decodeImage({ name: "the picture", bytes: picture }) : picture;
}

/** Row by row, each as high as its highest tile; captions below. */
async function layOut(tiles: readonly Tile[], most: number): Promise<Uint8Array> {
  const columns = Math.max(1, Math.min(tiles.length, Math.floor((SHEET_WIDTH + GAP) / (most + GAP))));
  const cell = tiles.reduce((widest, { width }) => Math.max(widest, width), 1);
  const captioned = tiles.some(({ caption }) => caption !== "");
  const parts: { input: Buffer; left: number; top: number }[] = [];
  const captions: string[] = [];
  let top = 0;
  for (let first = 0; first < tiles.length; first += columns) {
    const row = tiles.slice(first, first + columns);
    const height = row.reduce((highest, tile) => Math.max(highest, tile.height), 0);
    for (const [i, tile] of row.entries()) {
      const left = i * (cell + GAP);
      parts.push({ input: tile.jpeg, left, top });
      const caption = fitText(tile.caption, TYPE_SIZE, cell);
      if (caption !== "")
        captions.push(drawText(caption, left, top + height + LINE - 6, { size: TYPE_SIZE, colour: "#1b1b1f" }));
    }
    top += height + (captioned ? LINE : 0) + GAP;
  }
  const [width, height] = [columns * (cell + GAP) - GAP, Math.max(1, top - GAP)];
  const type = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${captions.join("")}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: "#fff" } })
    .composite([...parts, { input: Buffer.from(type), left: 0, top: 0 }])
    .jpeg({ quality: 84 })
    .toBuffer();
}
