import type { RgbImage } from "../images/rgb-image.js";
import { sharp } from "../images/sharp.js";
import { viridis } from "./colours.js";

/** How much of a heat map covers the picture below it. */
const COVER = 0.62;
const LUMINANCE = [0.2126, 0.7152, 0.0722] as const;

/** Values between which colours run, the same for all panels of a figure. */
export interface ValueRange {
  readonly least: number;
  readonly most: number;
}

/** The picture at the panel's size. */
export async function shrinkPicture(picture: RgbImage, width: number, height: number): Promise<RgbImage> {
  const data = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .resize({ width, height, fit: "fill" })
    .raw()
    .toBuffer();
  return { width, height, data };
}

/**
 * A heat map over a picture: the picture in grey, the map smoothly enlarged and coloured above it.
 * @param map `[grid, grid]`
 */
export async function overlayMap(
  picture: RgbImage,
  map: Float32Array,
  grid: number,
  { least, most }: ValueRange,
): Promise<RgbImage> {
  const { width, height, data } = picture;
  const scaled = Uint8Array.from(map, (value) => Math.round((255 * (value - least)) / (most - least || 1)));
  const heat = await sharp(scaled, { raw: { width: grid, height: grid, channels: 1 } })
    .resize({ width, height, fit: "fill", kernel: "cubic" })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const colours = Array.from({ length: 256 }, (_, value) => viridis(value / 255));
  const blended = new Uint8Array(data.length);
  for (let pixel = 0; pixel < heat.length; pixel++) {
    const grey = LUMINANCE.reduce((sum, weight, channel) => sum + weight * data[3 * pixel + channel]!, 0);
    const colour = colours[heat[pixel]!]!;
    for (const [channel, value] of colour.entries()) {
      blended[3 * pixel + channel] = (1 - COVER) * grey + COVER * value;
    }
  }
  return { width, height, data: blended };
}

/** A picture as the `href` of an SVG image. */
export async function toDataUri({ width, height, data }: RgbImage): Promise<string> {
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
