import { drawFigure } from "../../attention/attention-figure.js";
import type { Exploration } from "../../attention/explore.js";
import { sharp } from "../../images/sharp.js";
import { countKeys } from "../../models/attention-maps.js";
import { meanWords } from "./describe-pane.js";

const WIDTH = 720;
const JPEG_QUALITY = 72;

/** The explorations at rest as one JPEG, one below the other, small enough for a notebook. */
export async function drawPicture(explorations: readonly Exploration[]): Promise<Uint8Array> {
  const parts = await Promise.all(explorations.map(drawOne));
  const tops = parts.map((_, index) => parts.slice(0, index).reduce((sum, { info }) => sum + info.height, 0));
  const height = parts.reduce((sum, { info }) => sum + info.height, 0);
  return sharp({ create: { width: WIDTH, height, channels: 3, background: "#ffffff" } })
    .composite(parts.map(({ data }, index) => ({ input: data, left: 0, top: tops[index]! })))
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
    .toBuffer();
}

async function drawOne(exploration: Exploration) {
  const { picture, caption, attention, imageSize, prompt, source } = exploration;
  const svg = await drawFigure({
    picture,
    caption,
    words: meanWords(exploration),
    grid: attention.grid,
    imageSize,
    keys: attention.keys.length - countKeys(attention, "text"),
    prompt,
    through: attention.through,
    notes: [`${source} · mean of ${attention.layers} layers and ${attention.heads} heads`],
  });
  return sharp(Buffer.from(svg), { unlimited: true })
    .resize({ width: WIDTH })
    .png()
    .toBuffer({ resolveWithObject: true });
}
