import type { ImageSource } from "../images/image-source.js";
import type { Preprocessing } from "../images/preparation.js";

/** How pictures are sent. */
export interface PictureOptions {
  /** Default `upright`, see `shareImage`. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Larger pictures are made smaller; in pixels of the longer side. Default: none are. */
  readonly maxSide?: number | undefined;
  /** Whether several pictures of one example are sent as one, side by side. Default false. */
  readonly joined?: boolean | undefined;
}

/** How pictures are sent, all that was not said filled in; what a manifest says of it. */
export function describePictures({ preprocessing = "upright", maxSide, joined = false }: PictureOptions) {
  return { preprocessing, ...(maxSide !== undefined && { maxSide }), ...(joined && { joined }) };
}

/**
 * The pictures of an example as data URLs.
 * @throws SimvlmError `missing-image`, `broken-image`, `image-too-large`; each names the file
 */
export async function toDataUrls(sources: readonly ImageSource[], options: PictureOptions): Promise<string[]> {
  if (sources.length === 0) return [];
  const { joinImages, shareImage } = await import("../images/share-image.js"); // texts are asked without sharp
  const how = describePictures(options);
  const shared =
    how.joined && sources.length > 1
      ? [await joinImages(sources, how)]
      : await Promise.all(sources.map((source) => shareImage(source, how)));
  return shared.map(({ type, bytes }) => `data:${type};base64,${Buffer.from(bytes).toString("base64")}`);
}
