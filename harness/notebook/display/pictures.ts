import type { OverlayOptions } from "sharp";
import { drawText, wrapText } from "../../attention/typeset.js";
import { decodeImage } from "../../images/decode.js";
import type { RgbImage } from "../../images/rgb-image.js";
import { sharp } from "../../images/sharp.js";
import { html } from "../../report/html.js";
import type { View } from "../../report/view.js";

/** Pixels, the bytes of a picture file, or its path. */
export type Picture = RgbImage | Uint8Array | string;

/** A picture and the text to show below it. */
export interface CaptionedPicture {
  readonly picture: Picture;
  /** Wrapped below the picture, three lines at most; default none. */
  readonly caption?: string;
}

/** How large pictures are shown. */
export interface PicturesOptions {
  /**
   * The most pixels that each picture's longer side may have; a smaller picture keeps its size. Default 480 for one
   * picture, 224 for several.
   */
  readonly width?: number;
}

/** A view that no script changes: a notebook keeps its picture, and no markup. */
export interface PictureView extends View {
  readonly picture: Uint8Array;
  readonly still: true;
}

const WIDE = 480;
const NARROW = 224;
const GAP = 10;
const SHEET_WIDTH = 960;
const TYPE_SIZE = 13;
const LINE = 18;
const MOST_LINES = 3;
const INK = "#1b1b1f";

interface Tile {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  /** Of the picture itself. */
  readonly size: string;
}

/**
 * Pictures side by side, in as many rows as they need, as one JPEG.
 * @throws SimvlmError what {@link decodeImage} throws
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
  const { data: resized, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: most, height: most, fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: resized, width: info.width, height: info.height, caption, size: `${width} × ${height}` };
}

async function decode(picture: Picture): Promise<RgbImage> {
  if (typeof picture === "string") return decodeImage(picture);
  return picture instanceof Uint8Array ? decodeImage({ name: "the picture", bytes: picture }) : picture;
}

/** Row by row, each as high as its highest tile with its caption. */
async function layOut(tiles: readonly Tile[], most: number): Promise<Uint8Array> {
  const columns = Math.max(1, Math.min(tiles.length, Math.floor((SHEET_WIDTH + GAP) / (most + GAP))));
  const cell = tiles.reduce((widest, { width }) => Math.max(widest, width), 1);
  const parts: OverlayOptions[] = [];
  const type: string[] = [];
  let [top, bottom] = [0, 1];
  for (const [i, { png, width, height, caption }] of tiles.entries()) {
    const column = i % columns;
    if (column === 0 && i > 0) top = bottom + GAP;
    const left = column * (cell + GAP);
    parts.push({ input: png, left, top });
    const lines = caption === "" ? [] : wrapText(caption, TYPE_SIZE, Math.max(width, cell), MOST_LINES);
    for (const [k, line] of lines.entries()) {
      type.push(drawText(line, left, top + height + (k + 1) * LINE - 3, { size: TYPE_SIZE, colour: INK }));
    }
    bottom = Math.max(bottom, top + height + lines.length * LINE + (lines.length > 0 ? 4 : 0));
  }
  const [width, height] = [columns * (cell + GAP) - GAP, bottom];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${type.join("")}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: "#fff" } })
    .composite([...parts, { input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg({ quality: 84 })
    .toBuffer();
}
